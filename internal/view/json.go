package view

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes a value for programs: indented, keys in the order of the type, no
// HTML escapes, a line break at the end.
func JSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
