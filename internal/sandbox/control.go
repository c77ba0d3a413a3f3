package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// control answers the endpoints under /_sandbox/, which are about the sandbox
// rather than in it, and need no credentials.
func (c *Cloud) control(r *http.Request, path string) answer {
	body, err := readBody(r)
	var value any
	if err == nil {
		value, err = c.steer(r.Method+" "+strings.TrimSuffix(path, "/"), body)
	}
	a := answer{status: http.StatusOK, contentType: "application/json", date: c.clock.Now()}
	if err != nil {
		e := asAPIError(err)
		a.status, value = e.Status, map[string]string{"error": e.Message}
	}
	if data, ok := value.([]byte); ok {
		a.body = data
		return a
	}
	a.body, _ = json.Marshal(value)
	return a
}

// steer does what a control request asks for.
func (c *Cloud) steer(what, body string) (any, error) {
	switch what {
	case "GET healthz":
		return map[string]string{"status": "ok"}, nil
	case "GET clock":
		return c.clockState(), nil
	case "POST clock":
		return c.moveClock(body)
	case "GET requests":
		return append([]Request{}, c.Requests()...), nil
	case "GET faults":
		return c.faultList(), nil
	case "POST faults":
		var f Fault
		if err := strictJSON(body, &f); err != nil {
			return nil, err
		}
		if err := f.check(); err != nil {
			return nil, fail("InvalidRequest", "%s", err.Error())
		}
		c.AddFault(f)
		return c.faultList(), c.Save()
	case "DELETE faults":
		c.ClearFaults()
		return c.faultList(), c.Save()
	case "GET state":
		data, _, err := c.snapshot()
		return data, err
	}
	return nil, &apiError{Status: http.StatusNotFound, Code: "NotFound", Message: "no control endpoint " + what}
}

func strictJSON(body string, into any) error {
	dec := json.NewDecoder(strings.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fail("InvalidRequest", "%s", err.Error())
	}
	return nil
}

func (c *Cloud) clockState() map[string]any {
	return map[string]any{"now": c.clock.Now(), "speed": c.clock.Speed()}
}

// moveClock takes {"advance": "8d"}, {"set": "2026-02-01T00:00:00Z"} or
// {"speed": 600}.
func (c *Cloud) moveClock(body string) (any, error) {
	var in struct {
		Advance *Duration  `json:"advance"`
		Set     *time.Time `json:"set"`
		Speed   *float64   `json:"speed"`
	}
	if err := strictJSON(body, &in); err != nil {
		return nil, err
	}
	if in.Speed != nil && *in.Speed < 0 {
		return nil, fail("InvalidRequest", "speed must not be negative")
	}
	if in.Set != nil {
		c.clock.Set(*in.Set)
	}
	if in.Advance != nil {
		c.clock.Advance(in.Advance.std())
	}
	if in.Speed != nil {
		c.clock.SetSpeed(*in.Speed)
	}
	return c.clockState(), c.Save()
}

func (c *Cloud) faultList() []Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []Fault{}
	for _, rule := range c.faults {
		list = append(list, rule.Fault)
	}
	return list
}
