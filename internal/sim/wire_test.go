package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// request is what an HTTP request asks of AWS.
type request struct {
	service, operation, region string
	body                       string
	sent                       time.Time
	query                      url.Values     // of EC2 and STS
	json                       map[string]any // of SSM and KMS
}

// readRequest reads a request and leaves it as it was.
func readRequest(r *http.Request) (request, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return request{}, err
	}
	r.Body = io.NopCloser(strings.NewReader(string(data)))
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	part := strings.Split(scope, "/") // key, date, Region, service, aws4_request
	q := request{body: string(data), region: part[2], service: part[3]}
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		q.operation = operation
		return q, json.Unmarshal(data, &q.json)
	}
	q.query, err = url.ParseQuery(q.body)
	q.operation = q.query.Get("Action")
	return q, err
}

// text is a member of a JSON request.
func (q request) text(name string) string {
	s, _ := q.json[name].(string)
	return s
}

// list is what a Query request has under name.1, name.2 and so on.
func (q request) list(name string) []string {
	var out []string
	for n := 1; q.query.Has(fmt.Sprintf("%s.%d", name, n)); n++ {
		out = append(out, q.query.Get(fmt.Sprintf("%s.%d", name, n)))
	}
	return out
}

// wire is how one process reaches the simulated AWS. Each request has its
// effect after a latency of its own, so no two of them race, and its answer
// comes after another.
type wire struct {
	process *process

	mu   sync.Mutex
	nth  map[string]int // how often the same was asked
	sent int
}

// RoundTrip implements http.RoundTripper.
func (x *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	q, err := readRequest(r)
	if err != nil {
		return nil, err
	}
	q.sent = time.Now()
	p := x.process
	number := x.number(q)
	if p.world.judge != nil {
		p.world.judge.started(p, q)
	}
	if err := pause(r.Context(), p.step.faults.latency(number)); err != nil {
		return nil, err
	}
	if p.dead() {
		return nil, errKilled
	}
	n := x.count()
	p.meetFate(n)
	if p.dead() && number%2 == 0 { // else the request still is carried out
		return nil, errKilled
	}
	answer, err := p.world.carryOut(p, q, r, number, n)
	back := p.step.faults.latency(hash(number, "answer"))
	if hang, refused := p.refuses(q); refused {
		back += hang
	}
	if late := pause(r.Context(), back); late != nil {
		return nil, late
	}
	if p.dead() {
		return nil, errKilled
	}
	return answer, err
}

// number is the request's own: hashed from what it asks and how often that was
// asked before.
func (x *wire) number(q request) uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := q.service + " " + q.operation + " " + q.region + " " + q.body
	x.nth[key]++
	p := x.process
	return hash(p.world.seed, fmt.Sprint(p.step.number, p.launch.number, x.nth[key]), key)
}

// count counts what arrives. Arrivals have instants of their own.
func (x *wire) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sent++
	return x.sent
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errKilled is what a process that is dead sees of the network. The SDK takes
// it for a cancelled call and does not try again: the dead do not.
var errKilled = killed{}

type killed struct{}

func (killed) Error() string { return "the process is dead" }

// CanceledError is how the SDK knows a cancelled call.
func (killed) CanceledError() bool { return true }
