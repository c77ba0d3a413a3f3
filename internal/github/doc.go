// Package github speaks to GitHub: outputs of a step, annotations on lines of
// amis.yaml, the step summary, and the one comment on a pull request.
//
// It formats for GitHub's own conventions and decides nothing; what a plan or a
// report looks like is internal/view's.
package github
