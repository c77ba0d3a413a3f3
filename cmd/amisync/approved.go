package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/cobra"
)

// approvedFlags name what was reviewed: a saved plan, or its fingerprint.
type approvedFlags struct {
	saved       string
	fingerprint string
}

// take reads the saved plan's name from the command line.
func (f *approvedFlags) take(args []string) error {
	if len(args) == 1 {
		f.saved = args[0]
	}
	if f.saved != "" && f.fingerprint != "" {
		return errors.New("say either a saved plan or --fingerprint: a saved plan has its fingerprint in it")
	}
	return nil
}

// restrict leaves of a fresh plan what was approved. A stale approval leaves
// nothing, and shows what changed.
func (a *app) restrict(f *applyFlags, fresh plan.Plan, live state.Live) (plan.Plan, error) {
	var approval plan.Approval
	switch {
	case f.approved.saved != "":
		saved, err := readPlan(f.approved.saved)
		if err != nil {
			return plan.Plan{}, err
		}
		approval = plan.Approve(fresh, live, saved)
	case f.approved.fingerprint != "":
		approval = plan.ApproveFingerprint(fresh, f.approved.fingerprint)
	default:
		return fresh, nil
	}
	a.outcome.stale = approval.Stale
	a.outcome.incomplete = a.outcome.incomplete || len(approval.Waiting) > 0 && !f.allowIncomplete
	if !approval.Stale {
		return approval.Plan, nil
	}
	a.warn("the approved plan is stale; nothing is done. The fingerprint is %s now", fresh.Fingerprint)
	return approval.Plan, a.printDifference(approval.Difference)
}

func (a *app) printDifference(d plan.Difference) error {
	style, err := a.style(a.err)
	if err != nil || d.Empty() {
		return err
	}
	return view.DifferenceText(a.err, d, style)
}

func readPlan(name string) (plan.Plan, error) {
	r, err := os.Open(name)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("opening the saved plan: %w", err)
	}
	p, err := plan.Read(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return plan.Plan{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func newShow(a *app) *cobra.Command {
	var format string
	var diff bool
	cmd := &cobra.Command{
		Use:   "show PLAN | --diff OLD NEW",
		Short: "Print a saved plan, or what two of them would do differently",
		Example: `  amisync plan --out plan.json
  amisync show plan.json
  amisync show --diff reviewed.json plan.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if diff {
				return cobra.ExactArgs(2)(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			plans := make([]plan.Plan, len(args))
			for i, name := range args {
				p, err := readPlan(name)
				if err != nil {
					return err
				}
				plans[i] = p
			}
			if !diff {
				return a.printPlan(a.out, plans[0], format)
			}
			style, err := a.style(a.out)
			if err != nil {
				return err
			}
			return view.DifferenceText(a.out, plan.Compare(plans[0], plans[1]), style)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "what to print: text, json or markdown")
	cmd.Flags().BoolVar(&diff, "diff", false, "compare two saved plans")
	return cmd
}
