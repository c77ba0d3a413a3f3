package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxSaved bounds what is read of a saved plan: 500,000 actions fit in it.
const maxSaved = 256 << 20

// Read reads a plan that was saved as JSON. It is a permission: what it says is
// compared with a fresh plan and never carried out itself. Fields that are not
// known are ignored; a newer major version, or a kind that does not exist, is
// an error.
func Read(r io.Reader) (Plan, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSaved+1))
	if err != nil {
		return Plan{}, fmt.Errorf("reading the saved plan: %w", err)
	}
	if len(data) > maxSaved {
		return Plan{}, fmt.Errorf("reading the saved plan: it is larger than %d MiB", maxSaved>>20)
	}
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return Plan{}, fmt.Errorf("reading the saved plan: %w", err)
	}
	return p, p.readable()
}

// readable says why a plan that was decoded is none of ours.
func (p Plan) readable() error {
	major, _, _ := strings.Cut(p.FormatVersion, ".")
	ours, _, _ := strings.Cut(FormatVersion, ".")
	if major != ours {
		return fmt.Errorf("the saved plan has format version %q and this amisync reads %s: plan again", p.FormatVersion, FormatVersion)
	}
	for _, a := range p.Actions {
		if !slices.Contains(Kinds(), a.Kind) {
			return fmt.Errorf("the saved plan has an action of kind %q, which does not exist: plan again", a.Kind)
		}
	}
	return nil
}
