package sandbox

import (
	"encoding/json"
	"net/http"
)

// run carries a call out and makes its answer. refused is what is already
// known to be wrong with it.
func (c *Cloud) run(k *call, refused error) answer {
	c.mu.Lock()
	k.now = c.clock.Now()
	c.number(k)
	if refused == nil {
		k.fault = c.strike(k)
	}
	c.mu.Unlock()
	if k.fault != nil && k.fault.Latency > 0 {
		if err := c.clock.Sleep(k.ctx, k.fault.Latency.std()); err != nil {
			refused = fail("RequestTimeout", "The client went away")
		}
	}
	c.mu.Lock()
	k.now = c.clock.Now()
	err := refused
	if err == nil {
		err = c.perform(k)
	}
	a := c.render(k, err)
	c.record(k, a, err)
	c.mu.Unlock()
	if err == nil && k.act.mutates && !k.dryRun {
		if err := c.persist(k.seq); err != nil {
			return c.render(k, fail("InternalError", "The state file could not be written: %v", err))
		}
	}
	return a
}

func (c *Cloud) number(k *call) {
	c.st.Requests++
	k.seq = c.st.Requests
	k.requestID = c.requestID(k.seq)
}

// perform checks credentials, limits and faults, and lets the action happen.
func (c *Cloud) perform(k *call) error {
	c.settle(k.now)
	if f := k.fault; f != nil {
		if err := f.refusal(k); err != nil {
			return err
		}
	}
	if err := c.authenticate(k); err != nil {
		return err
	}
	if err := c.throttle(k); err != nil {
		return err
	}
	k.begin()
	return k.act.run(k)
}

// render writes an answer in the form of the service.
func (c *Cloud) render(k *call, err error) answer {
	a := answer{status: http.StatusOK, requestID: k.requestID, date: k.now}
	switch {
	case k.body != "" || (k.svc != nil && k.svc.target != ""):
		renderJSON(k, err, &a)
	case k.svc != nil && k.svc.name == "sts":
		renderSTS(k, err, &a)
	default:
		renderEC2(k, err, &a)
	}
	if k.fault != nil {
		k.fault.spoil(&a)
	}
	return a
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func renderEC2(k *call, err error, a *answer) {
	a.contentType = "text/xml;charset=UTF-8"
	if err != nil {
		a.body = ec2Error(k, asAPIError(err), a)
		return
	}
	k.out.close(k.op + "Response")
	a.body = k.out.buf
}

// begin writes what comes before the answer's own elements.
func (k *call) begin() {
	if k.svc.name != "ec2" {
		return
	}
	k.out.raw(xmlHead)
	k.out.raw("<" + k.op + `Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">`)
	k.out.text("requestId", k.requestID)
}

func ec2Error(k *call, e *apiError, a *answer) []byte {
	a.status = e.Status
	var w xmlWriter
	w.raw(xmlHead)
	w.open("Response")
	w.open("Errors")
	w.open("Error")
	w.text("Code", e.Code)
	w.text("Message", e.Message)
	w.close("Error")
	w.close("Errors")
	w.text("RequestID", k.requestID)
	w.close("Response")
	return w.buf
}

func renderSTS(k *call, err error, a *answer) {
	const space = ` xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`
	a.contentType = "text/xml"
	var w xmlWriter
	if err != nil {
		e := asAPIError(err)
		a.status = e.Status
		w.raw("<ErrorResponse" + space)
		w.open("Error")
		w.text("Type", "Sender")
		w.text("Code", e.Code)
		w.text("Message", e.Message)
		w.close("Error")
		w.text("RequestId", k.requestID)
		w.close("ErrorResponse")
		a.body = w.buf
		return
	}
	w.raw("<" + k.op + "Response" + space)
	w.within(k.op+"Result", func() { w.raw(string(k.out.buf)) })
	w.within("ResponseMetadata", func() { w.text("RequestId", k.requestID) })
	w.close(k.op + "Response")
	a.body = w.buf
}

func renderJSON(k *call, err error, a *answer) {
	a.contentType = "application/x-amz-json-1.1"
	value := k.answer
	if err != nil {
		e := asAPIError(err)
		a.status = e.Status
		value = map[string]string{"__type": e.Code, "message": e.Message}
	}
	if value == nil {
		value = struct{}{}
	}
	body, err := json.Marshal(value)
	if err != nil {
		a.status, body = http.StatusInternalServerError, []byte(`{"__type":"InternalFailure"}`)
	}
	a.body = body
}
