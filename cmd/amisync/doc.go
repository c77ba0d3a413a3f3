// Command amisync keeps the AMIs of every Region as amis.yaml says.
//
// The package holds the commands: flags, wiring and the exit code. It decides
// nothing about AMIs (pkg/plan does), lays out nothing (internal/view does) and
// calls no AWS API itself (internal/aws does).
package main
