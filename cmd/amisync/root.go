package main

import (
	"github.com/spf13/cobra"
)

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "amisync",
		Short: "Keep the AMIs of every Region as amis.yaml says",
		Long: `amisync compares amis.yaml with the live AMIs of every Region, found through the
source-AMI-ID tag on each copy, prints what would change and why, and does it:
copies, re-copies, attribute updates, deregistrations.

Exit codes: 0 done or nothing to do, 1 error, 2 changes (with --detailed-exitcode),
3 some actions failed, 4 a declared cell has no usable copy and is blocked,
5 invalid amis.yaml, 6 the reviewed plan is stale, 7 not everything could be
seen, 130 interrupted.`,
		Example: `  amisync validate
  amisync plan --sandbox
  amisync plan
  amisync apply --yes --json-out report.json
  amisync audit --format markdown`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "colour the output: auto, always or never (NO_COLOR is honoured)")
	root.AddCommand(
		newValidate(a), newPlan(a), newApply(a), newSync(a), newAudit(a), newShow(a), newExplain(a),
		newSandbox(a), newSchema(a), newVersion(a), newAction(a),
	)
	return root
}
