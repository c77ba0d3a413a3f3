package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/amisync/amisync/internal/view"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/spf13/cobra"
)

func newExplain(a *app) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "explain AMI|IMAGE",
		Short: "Tell rule by rule why an AMI or image stays, goes or is missing",
		Long: `Reads AWS as plan does and goes through the rules that decide about one AMI, or
about every cell of one image, with the line of amis.yaml behind each. It changes
nothing.`,
		Example: `  amisync explain web-base
  amisync explain ami-0abcdef1234567890`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.explain(cmd.Context(), &f, args[0])
		},
	}
	f.register(cmd.Flags(), "text")
	return cmd
}

func (a *app) explain(ctx context.Context, f *planFlags, subject string) error {
	if err := f.check("text"); err != nil {
		return err
	}
	return a.reading(ctx, f, func(ctx context.Context, s *session) error {
		d, live, err := s.observe(ctx, f.options())
		if err != nil {
			return err
		}
		return a.printExplanation(s.config, plan.Explain(d, live, f.options(), subject))
	})
}

// printExplanation writes an explanation with the places in the file.
func (a *app) printExplanation(c config, x plan.Explanation) error {
	style, err := a.style(a.out)
	if err != nil {
		return err
	}
	return view.ExplanationText(a.out, x, c.place, style)
}

// place is the line of a field, or of the nearest one around it: what is left to
// its default stands nowhere.
func (c config) place(field string) string {
	for ; field != ""; field = field[:max(strings.LastIndexByte(field, '.'), 0)] {
		if position, ok := c.file.Position(field); ok {
			return fmt.Sprintf("%s:%d", c.origin.Path, position.Line)
		}
	}
	return ""
}
