package sandbox

import (
	"slices"
	"time"
)

// Request is an entry of the request log.
type Request struct {
	Seq       int64     `json:"seq"`
	Time      time.Time `json:"time"`
	Service   string    `json:"service"`
	Operation string    `json:"operation"`
	Region    string    `json:"region"`
	Account   string    `json:"account"`
	// Params are the parameters of a Query request under their wire names, or
	// the members of a JSON request.
	Params map[string]string `json:"params,omitempty"`
	// Mutating tells whether the action is one that changes something and was
	// not a dry run; Code tells whether it was refused.
	Mutating bool   `json:"mutating"`
	Status   int    `json:"status"` // 0 where the connection was cut
	Code     string `json:"code,omitempty"`
}

// Requests is the log of all requests so far but those to the control
// endpoints, oldest first.
func (c *Cloud) Requests() []Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

func (c *Cloud) record(k *call, a answer, err error) {
	entry := Request{
		Seq: k.seq, Time: k.now, Service: k.id.service, Operation: k.op, Region: k.id.region,
		Account: c.credential(k.id.accessKey).Account, Params: k.flat(), Mutating: k.act.mutates && !k.dryRun, Status: a.status,
	}
	if err != nil {
		entry.Code = asAPIError(err).Code
	}
	if a.cut {
		entry.Status = 0
	}
	c.logged += entry.size()
	c.log = append(c.log, entry)
	if len(c.log) > max(1, c.opts.logSize) || c.logged > maxLogged {
		c.forget()
	}
}

// maxLogged is how many bytes of parameters the log keeps.
const maxLogged = 64 << 20

// entryBytes is about what a parameter takes beside its text.
const entryBytes = 96

// size is about what an entry's texts take.
func (r Request) size() int {
	n := 0
	for name, value := range r.Params {
		n += len(name) + len(value) + entryBytes
	}
	return n
}

// forget drops the oldest half at once, so that a full log costs no copying per
// request; and a single entry that is all of it.
func (c *Cloud) forget() {
	c.log = slices.Clone(c.log[(len(c.log)+1)/2:])
	c.logged = 0
	for _, entry := range c.log {
		c.logged += entry.size()
	}
}
