package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(a *app) *cobra.Command {
	var f fileFlags
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check amis.yaml without credentials",
		Long: `Reads amis.yaml and tells everything that is wrong with it in one run, with
file:line:column. It needs no credentials and asks AWS nothing.`,
		Example: `  amisync validate
  amisync validate -f examples/amis.yaml
  amisync validate --rev origin/main`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load(cmd.Context(), &f)
			if err != nil {
				return err
			}
			d := c.desired()
			fmt.Fprintf(a.out, "%s is valid: %s of owner %s.\n", f.file, count(len(d.Images), "image"), d.Owner)
			return nil
		},
	}
	f.register(cmd.Flags())
	return cmd
}
