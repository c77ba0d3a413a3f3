package main

import (
	"context"
	"errors"
	"io"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/spf13/cobra"
)

func newPlan(a *app) *cobra.Command {
	var f planFlags
	var detailed bool
	var baseRev, at string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Print what would change and why; changes nothing",
		Long: `Reads amis.yaml and the live AMIs of every Region in scope, and prints one line
for every change that apply would make, destructive ones first. It writes nothing
to AWS.`,
		Example: `  amisync plan
  amisync plan --sandbox
  amisync plan --image 'web-*' --region 'eu-*' --detailed-exitcode
  amisync plan --base origin/main
  amisync plan --at +30d
  amisync plan --prices prices.yaml
  amisync plan --out plan.json --markdown-out plan.md`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.planAhead(at); err != nil {
				return err
			}
			p, err := a.makePlan(cmd.Context(), &f, baseRev)
			if err != nil {
				return err
			}
			a.outcome.changes = detailed && p.Caused(plan.ByChange).Applyable
			return nil
		},
	}
	f.register(cmd.Flags(), "text, json or markdown (default text)")
	cmd.Flags().StringVar(&baseRev, "base", "", "tell what the change since this Git revision causes from what was pending already; exit code and counts are of the change")
	cmd.Flags().StringVar(&at, "at", "", "plan as of a later day, for example +30d: what will go when")
	cmd.Flags().StringVar(&f.out, "out", "", "save the plan in this file, for review and for `amisync apply FILE`")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 where apply would change something")
	return cmd
}

// makePlan computes a plan, prints it and writes the files asked for.
func (a *app) makePlan(ctx context.Context, f *planFlags, baseRev string) (plan.Plan, error) {
	if err := f.check("text", "json", "markdown"); err != nil {
		return plan.Plan{}, err
	}
	var p plan.Plan
	err := a.reading(ctx, f, func(ctx context.Context, s *session) (err error) {
		s.notes, s.getenv = a.askTip(ctx, s.config, *f), a.getenv
		p, err = s.planSince(ctx, baseRev, f.options())
		return err
	})
	if err != nil {
		return plan.Plan{}, err
	}
	a.sawPlan(p, *f)
	return p, errors.Join(a.printPlan(a.out, p, f.format), f.writePlan(p))
}

// limit bounds a command's whole time.
func (f planFlags) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, f.timeout)
}

func (a *app) printPlan(w io.Writer, p plan.Plan, format string) error {
	switch format {
	case "json":
		return view.JSON(w, p)
	case "markdown":
		return view.PlanMarkdown(w, p)
	default:
		style, err := a.style(w)
		if err != nil {
			return err
		}
		return view.PlanText(w, p, style)
	}
}

func (f planFlags) writePlan(p plan.Plan) error {
	return errors.Join(
		writeFile(f.out, func(w io.Writer) error { return view.JSON(w, p) }),
		writeFile(f.jsonOut, func(w io.Writer) error { return view.JSON(w, p) }),
		writeFile(f.markdownOut, func(w io.Writer) error { return view.PlanMarkdown(w, p) }),
	)
}
