// Package apply carries out a plan: it starts copies, waits for them, verifies
// and finishes them, updates, retires and removes, and writes down what became
// of every action. It decides nothing: what to do stands in plan.Instruction.
//
// The package talks to AWS through the small interfaces in cloud.go, takes its
// clock from outside, and knows no SDK, no Git, no operating system and no log.
//
// # Who owns which goroutine
//
//   - Run's own goroutine owns the ledger and the report, starts the courses,
//     and is the only one that calls the Observer. It ends last.
//   - Each action that may start has a course: one goroutine that takes it from
//     its start to its result in straight lines. Courses talk to Run through its
//     inbox and to each other not at all.
//   - A Region's poller has a goroutine while somebody waits for a copy there.
//   - Short-lived ones give places away (lane) and make joint calls (batch,
//     observations).
//
// Run returns only when all of them have ended.
//
// # Order
//
// What a run calls, and when, follows from the plan, the answers and the clock
// alone. Where several courses want the same thing at the same instant (a place
// in a lane, a joint call) a moment on the Clock passes before it is given, and
// then the plan's order decides and not the goroutine scheduler's. No lock is
// held during a call.
package apply
