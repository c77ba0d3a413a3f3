package plan

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/amisync/amisync/pkg/state"
)

// Code is a typed reason. The sentence of every code stands in sentences*.go
// and nowhere else; views only lay out.
type Code string

// Reason is why an action is planned, or why it is held back.
type Reason struct {
	Code Code
	Args Args
}

// Args are the typed arguments of reasons. Each code uses some of them; see
// sentences*.go.
type Args struct {
	Image     string        `json:"image,omitempty"`
	AMI       string        `json:"ami,omitempty"`
	Other     string        `json:"other,omitempty"` // the other AMI, key or name of a pair
	Region    string        `json:"region,omitempty"`
	Field     string        `json:"field,omitempty"` // of amis.yaml: what lifts a block
	Detail    string        `json:"detail,omitempty"`
	Parameter string        `json:"parameter,omitempty"`
	Reference string        `json:"reference,omitempty"`
	Key       string        `json:"key,omitempty"`
	Count     int           `json:"count,omitempty"`
	Limit     int           `json:"limit,omitempty"`
	Grace     time.Duration `json:"grace_ns,omitempty"`
	Until     *time.Time    `json:"until,omitempty"`
}

// Text is the reason's one English sentence.
func (r Reason) Text() string { return sentence(r) }

// reasonJSON is a reason on the wire.
type reasonJSON struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
	Args Args   `json:"args"`
}

// MarshalJSON writes the code, the sentence and the arguments. Whether < and >
// are escaped is left to the encoder around it.
func (r Reason) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(reasonJSON{r.Code, r.Text(), r.Args})
	return b.Bytes(), err
}

// UnmarshalJSON reads the code and the arguments; the sentence follows from them.
func (r *Reason) UnmarshalJSON(b []byte) error {
	var j reasonJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	r.Code, r.Args = j.Code, j.Args
	return nil
}

// problem is an unknown fact as a plan tells it.
func problem(code Code, args Args) *state.Problem {
	r := Reason{code, args}
	return &state.Problem{Code: string(code), Text: r.Text()}
}
