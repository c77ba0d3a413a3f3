package main

import (
	"context"
	"errors"
	"io"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/spf13/cobra"
)

func newAudit(a *app) *cobra.Command {
	var f planFlags
	var csvOut string
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show which image exists in which Region",
		Long: `Reads AWS as plan does and prints the image × Region matrix: which copy counts in
each cell, its state, source, key, sharing and size. It changes nothing.`,
		Example: `  amisync audit
  amisync audit --format csv > amis.csv
  amisync audit --format markdown --json-out audit.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check("table", "markdown", "csv", "json"); err != nil {
				return err
			}
			audit, err := a.audit(cmd.Context(), &f)
			if err != nil {
				return err
			}
			return errors.Join(a.printAudit(a.out, audit, f.format),
				writeFile(f.jsonOut, func(w io.Writer) error { return view.JSON(w, audit) }),
				writeFile(f.markdownOut, func(w io.Writer) error { return view.AuditMarkdown(w, audit) }),
				writeFile(csvOut, func(w io.Writer) error { return view.AuditCSV(w, audit) }))
		},
	}
	f.register(cmd.Flags(), "table, markdown, csv or json (default table)")
	cmd.Flags().StringVar(&csvOut, "csv-out", "", "also write the CSV form to this file")
	return cmd
}

func (a *app) audit(ctx context.Context, f *planFlags) (audit plan.Audit, err error) {
	err = a.reading(ctx, f, func(ctx context.Context, s *session) error {
		d, live, err := s.observe(ctx, f.options())
		if err != nil {
			return err
		}
		a.sawPlan(plan.Compute(d, live, f.options()), *f)
		audit = plan.NewAudit(d, live, f.options())
		return nil
	})
	return audit, err
}

func (a *app) printAudit(w io.Writer, audit plan.Audit, format string) error {
	switch format {
	case "json":
		return view.JSON(w, audit)
	case "csv":
		return view.AuditCSV(w, audit)
	case "markdown":
		return view.AuditMarkdown(w, audit)
	default:
		style, err := a.style(w)
		if err != nil {
			return err
		}
		return view.AuditTable(w, audit, style)
	}
}
