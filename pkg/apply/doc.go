// Package apply carries out a plan: it starts copies, waits for them, verifies
// and finishes them, updates, retires and removes, and writes down what became
// of every action. It decides nothing: what to do stands in plan.Instruction.
//
// The package talks to AWS through the small interfaces in cloud.go, takes its
// clock from outside, and knows no SDK, no Git, no operating system and no log.
package apply
