package sim

import (
	"sync"
	"time"
)

// memory is what the simulator keeps of a process while it runs.
type memory struct {
	began time.Time

	mu       sync.Mutex
	killed   bool
	stopped  bool
	planned  bool
	strikes  int               // requests that a fault has struck
	arrivals map[string]int    // requests by operation
	refused  map[string]outage // operations that are, by operation and Region
	calls    map[string]bool   // that have begun; see request.call
	sprang   map[int]bool      // ambushes
	spells   map[string]spell  // of changes, by AMI
	written  map[string]bool   // parameters that were not read since
	values   map[string]bool   // of parameters, as they were while it planned
}

func newMemory() *memory {
	return &memory{
		began: time.Now(), arrivals: map[string]int{}, refused: map[string]outage{}, calls: map[string]bool{},
		spells: map[string]spell{}, sprang: map[int]bool{}, written: map[string]bool{}, values: map[string]bool{},
	}
}

func (m *memory) die() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.killed = true
}

func (m *memory) interrupt() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
}

func (m *memory) dead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.killed
}

// arrived counts the requests of an operation, and is this one's number.
func (m *memory) arrived(operation string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arrivals[operation]++
	return m.arrivals[operation]
}

// outage is until when an operation is refused, and how long each answer takes.
type outage struct {
	until time.Time
	hang  time.Duration
}

// refuse has an operation be throttled for a while, for the process alone.
func (m *memory) refuse(q request, d, hang time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused[q.operation+" "+q.region] = outage{time.Now().Add(d), hang}
}

// refuses reports whether a request is, and how long the answer takes.
func (m *memory) refuses(q request) (time.Duration, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.refused[q.operation+" "+q.region]
	return o.hang, time.Now().Before(o.until)
}

// spring remembers that an ambush has taken place.
func (m *memory) spring(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sprang[i] = true
}

func (m *memory) sprung(i int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sprang[i]
}

// nowActs says that the process has its plan.
func (m *memory) nowActs() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.planned = true
}

// look remembers that the process reads a parameter.
func (m *memory) look(region, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.written, region+name)
}

// see remembers a parameter's value, if it is the plan that reads it.
func (m *memory) see(region, name, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.planned {
		m.values[region+name+value] = true
	}
}

// sawValue reports whether the plan saw a parameter hold a value, or the
// process wrote it.
func (m *memory) sawValue(region, name, value string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[region+name+value]
}

// wrote remembers what the process itself has a parameter hold.
func (m *memory) wrote(q request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[q.region+q.parameter()+q.text("Value")] = true
	m.written[q.region+q.parameter()] = q.operation == "PutParameter"
}

// unread reports whether the process wrote a parameter and did not look since.
func (m *memory) unread(region, name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.written[region+name]
}

func (m *memory) strike() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.strikes++
}

func (m *memory) struck() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.strikes
}

// begin enters a call. It tells whether it had begun already, and whether the
// run was stopped before.
func (m *memory) begin(call string) (known, stopped bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, m.calls[call] = m.calls[call], true
	return known, m.stopped
}

// spell is a time in which a process goes on changing an AMI.
type spell struct{ first, last time.Time }

// rest is what no pause between two attempts of a call is longer than.
const rest = 90 * time.Second

// changing is when the process began with the changes of an AMI, of which a
// request is one.
func (m *memory) changing(q request, ami string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.spells[ami]
	if q.sent.Sub(s.last) > rest {
		s.first = q.sent
	}
	s.last = q.sent
	m.spells[ami] = s
	return s.first
}
