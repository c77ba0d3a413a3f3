// Package plan decides. From what is desired, what is live, the time and a
// policy it computes a Plan: a value that people review and pkg/apply executes.
//
// Needs says what else must be asked of AWS before Compute can decide; both are
// pure. The package knows no SDK, no Git, no operating system and no log, uses
// no map order and no clock of its own: the same input gives the same bytes.
// Every decision of amisync is made here and is visible in the plan.
package plan
