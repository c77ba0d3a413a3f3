// Package github speaks to GitHub Actions: outputs of a step, annotations on
// lines of amis.yaml, and the step summary.
//
// It formats for GitHub's own conventions and decides nothing; what a plan or a
// report looks like is internal/view's.
package github
