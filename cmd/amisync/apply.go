package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/apply"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// applyFlags are what apply and sync have in common.
type applyFlags struct {
	planFlags

	approved approvedFlags
	review   reviewFlags
	pace     paceFlags
	noWait   bool
	quiet    bool
}

func (f *applyFlags) register(flags *pflag.FlagSet) {
	f.planFlags.register(flags, "text, json or markdown (default text)")
	f.registerDirty(flags)
	f.review.register(flags)
	flags.BoolVar(&f.noWait, "no-wait", false, "start copies and return; the next run finishes them")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	f.pace.register(flags)
}

func newApply(a *app) *cobra.Command {
	var f applyFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "apply [PLAN]",
		Short: "Plan, ask, and make it so",
		Long: `Computes the plan, prints it, asks on a terminal, and carries it out. A failed
action never stops another image or Region. Ctrl-C starts nothing new, writes the
report and exits with 130; the next run goes on from what is live.

With a saved plan, or its fingerprint, only what was approved there is done: apply
plans afresh all the same, and does nothing where the two have come apart.`,
		Example: `  amisync apply
  amisync apply --sandbox=rehearsal.json --yes
  amisync apply --yes --json-out report.json
  amisync apply --yes --no-wait
  amisync apply --yes plan.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.approved.take(args); err != nil {
				return err
			}
			confirm := a.ask
			if yes {
				confirm = consented
			}
			return a.converge(cmd.Context(), &f, confirm)
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&f.approved.fingerprint, "fingerprint", "", "only where the plan has exactly this fingerprint")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask; without a terminal this is required")
	return cmd
}

func newSync(a *app) *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Plan and apply in one, for schedulers",
		Long: `Does what apply --yes does, for a scheduled job: no question, and a report and an
exit code that are fit for an alarm. Two at once do no harm.`,
		Example: `  amisync sync --json-out report.json
  amisync sync --rev origin/main --fail-on-blocked`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.converge(cmd.Context(), &f, consented)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

// errDeclined ends an apply whose question was not answered with yes.
var errDeclined = errors.New("not confirmed; nothing was changed")

// consented asks nothing.
func consented(context.Context, plan.Plan) error { return nil }

// ask is the question before an apply. Ctrl-C answers it.
func (a *app) ask(ctx context.Context, _ plan.Plan) error {
	if tty, _ := terminal(a.in); !tty {
		return errors.New("there is no terminal to ask on: say --yes to apply without a question; nothing was changed")
	}
	fmt.Fprint(a.err, "\nApply this plan? Only \"yes\" is taken: ")
	answered := make(chan error, 1)
	go func() { answered <- readYes(a.in) }() // ends with the process: a read of a terminal cannot be called off
	select {
	case err := <-answered:
		return err
	case <-ctx.Done():
		return errDeclined
	}
}

func readYes(r io.Reader) error {
	answer, err := bufio.NewReader(r).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return errDeclined
	}
	return nil
}

// converge plans, shows, asks and applies.
func (a *app) converge(ctx context.Context, f *applyFlags, confirm func(context.Context, plan.Plan) error) error {
	if err := errors.Join(f.check("text", "json", "markdown"), f.pace.check()); err != nil {
		return err
	}
	if a.forPullRequest() && f.sandbox == "" {
		return errors.New("refusing to change AWS for a pull request, which anybody may have written: apply when it is merged")
	}
	c, err := a.load(ctx, &f.fileFlags)
	if err != nil {
		return err
	}
	if err := a.requireCommitted(c, f.fileFlags, f.sandbox != ""); err != nil {
		return err
	}
	s, err := f.connect(ctx, c)
	if err != nil {
		return err
	}
	s.notes, s.getenv = a.askTip(ctx, c, f.planFlags), a.getenv
	return errors.Join(a.convergeIn(ctx, s, f, confirm), s.close())
}

func (a *app) convergeIn(ctx context.Context, s *session, f *applyFlags, confirm func(context.Context, plan.Plan) error) error {
	reading, cancel := f.limit(ctx)
	defer cancel()
	d, live, err := s.observe(reading, f.options())
	if err != nil {
		return err
	}
	p := s.compute(reading, d, live, f.options())
	if err := requireNewest(p, f.planFlags); err != nil {
		return err
	}
	a.sawPlan(p, f.planFlags)
	if p, err = a.restrict(f, p, live); err != nil {
		return err
	}
	if p, err = a.permit(ctx, f, p); err != nil {
		return err
	}
	a.keep(p)
	if f.format == "text" {
		if err := a.printPlan(a.out, p, "text"); err != nil {
			return err
		}
	}
	if p.Applyable {
		if err := confirm(ctx, p); err != nil {
			return err
		}
	}
	report, err := a.execute(ctx, s, f, p)
	if err != nil {
		return err
	}
	a.report = report
	a.outcome.sawReport(p, report)
	return errors.Join(a.printReport(report, f.format), f.writeReport(report))
}

// execute runs the engine with progress on standard error.
func (a *app) execute(ctx context.Context, s *session, f *applyFlags, p plan.Plan) (*apply.Report, error) {
	style, err := a.style(a.err)
	if err != nil {
		return nil, err
	}
	o := f.pace.options()
	o.Clock, o.NoWait, o.Timeout, o.HealTags = s.clock, f.noWait, f.timeout, f.trustTags
	if f.quiet { // nobody looks on, so nothing is asked for progress
		return apply.Run(ctx, p, s.client, o), nil
	}
	tty, _ := terminal(a.err)
	progress := view.NewProgress(a.err, view.ProgressOptions{TTY: tty, Style: style, Now: s.clock.Now})
	defer progress.Close()
	o.Observer = progress
	return apply.Run(ctx, p, s.client, o), nil
}

func (a *app) printReport(r *apply.Report, format string) error {
	switch format {
	case "json":
		return view.JSON(a.out, r)
	case "markdown":
		return view.ReportMarkdown(a.out, *r)
	default:
		style, err := a.style(a.out)
		if err != nil {
			return err
		}
		return view.ReportText(a.out, *r, style)
	}
}

func (f applyFlags) writeReport(r *apply.Report) error {
	return errors.Join(
		writeFile(f.jsonOut, func(w io.Writer) error { return view.JSON(w, r) }),
		writeFile(f.markdownOut, func(w io.Writer) error { return view.ReportMarkdown(w, *r) }),
	)
}
