// Package aws is the only package that talks to AWS. It reads what is live,
// answers what the planner asks, and carries out the single calls of the
// engine: Client implements apply.Cloud.
//
// It decides nothing about images. What it does decide is whether an answer
// can be believed: an answer that did not come, came in part, or is not the
// action's own becomes a problem with a code, never an empty list. No type of
// the AWS SDK leaves the package.
package aws
