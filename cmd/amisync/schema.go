package main

import (
	"fmt"

	"github.com/amisync/amisync/internal/spec"
	"github.com/spf13/cobra"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of amis.yaml, for editors",
		Example: `  amisync schema > amis.v1.schema.json
  # and as the first line of amis.yaml:
  # yaml-language-server: $schema=amis.v1.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := spec.Schema()
			if err != nil {
				return fmt.Errorf("making the schema: %w", err)
			}
			_, err = a.out.Write(schema)
			return err
		},
	}
}
