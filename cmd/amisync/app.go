package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/amisync/amisync/internal/spec"
	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"golang.org/x/term"
)

// app is what the commands of one process share.
type app struct {
	streams

	getenv  func(string) string
	color   string // --color
	outcome outcome
	file    *spec.File    // that the command read, for the Action's annotations
	read    string        // its name: in the work tree, or with --repo in that repository
	plan    *plan.Plan    // that the command computed, for the Action's outputs: with a base, what the change causes
	whole   *plan.Plan    // the same with all that is pending
	report  *apply.Report // of what the command did
}

// style is how to write to w: colour only where it is wanted and can be seen.
func (a *app) style(w io.Writer) (view.Style, error) {
	tty, width := terminal(w)
	color, err := view.ColorEnabled(a.color, tty, a.getenv)
	if err != nil {
		return view.Style{}, err
	}
	return view.Style{Color: color, Width: width}, nil
}

// complain tells an error: every diagnostic of an invalid file on its own line,
// so that editors and CI can jump to it.
func (a *app) complain(err error) {
	var diagnostics spec.Diagnostics
	if !errors.As(err, &diagnostics) {
		fmt.Fprintf(a.err, "Error: %v\n", err)
		return
	}
	for _, d := range diagnostics {
		fmt.Fprintln(a.err, d)
	}
	fmt.Fprintf(a.err, "Error: %s; nothing was changed.\n", count(len(diagnostics), "problem"))
}

// sawPlan keeps what a plan means for the exit code and the Action's outputs.
func (a *app) sawPlan(p plan.Plan, f planFlags) {
	a.keep(p)
	a.outcome.sawPlan(*a.plan, f)
}

// keep keeps a plan for the Action's outputs.
func (a *app) keep(p plan.Plan) {
	caused := p.Caused(plan.ByChange)
	a.whole, a.plan = &p, &caused
}

// warn tells something that stops nothing.
func (a *app) warn(format string, args ...any) {
	fmt.Fprintf(a.err, "Warning: "+format+"\n", args...)
}

// terminal tells whether a stream is one, and how wide it is (0: not known).
func terminal(w any) (tty bool, width int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return false, 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return true, 0
	}
	return true, width
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
