package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// call is one request on its way through the sandbox.
type call struct {
	cloud  *Cloud
	ctx    context.Context
	id     identity
	svc    *service
	op     string
	act    action
	params map[string]string // of a Query request
	body   string            // of a JSON request
	dryRun bool

	now       time.Time
	seq       int64
	requestID string
	cred      credential
	acct      *account
	reg       *region
	fault     *Fault // what is to happen to the answer

	out    xmlWriter // the answer of a Query service
	answer any       // the answer of a JSON service
}

// action is what a service can do.
type action struct {
	mutates bool
	run     func(*call) error
}

// service is one AWS service: how it talks, and what it can do.
type service struct {
	name    string
	target  string // prefix of X-Amz-Target; empty for Query services
	version string
	actions map[string]action
}

func services() map[string]*service {
	return map[string]*service{
		"ec2":           {name: "ec2", version: "2016-11-15", actions: ec2Actions()},
		"sts":           {name: "sts", version: "2011-06-15", actions: stsActions()},
		"ssm":           {name: "ssm", target: "AmazonSSM", actions: ssmActions()},
		"kms":           {name: "kms", target: "TrentService", actions: kmsActions()},
		"servicequotas": {name: "servicequotas", target: "ServiceQuotasV20190624", actions: quotaActions()},
	}
}

// served are the services by the name in a credential scope.
var served = services()

// Actions lists what the sandbox serves, as "service:Action", sorted.
func Actions() []string {
	var list []string
	for name, svc := range served {
		for op := range svc.actions {
			list = append(list, name+":"+op)
		}
	}
	slices.Sort(list)
	return list
}

// query makes an action of a Query service from a function of its decoded
// parameters.
func query[In any](run func(*call, *In) error) action {
	return action{run: func(k *call) error {
		in := new(In)
		if err := decodeQuery(k.params, in); err != nil {
			return err
		}
		if k.dryRun {
			return fail("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
		}
		return run(k, in)
	}}
}

// posted makes an action of a JSON service.
func posted[In any](run func(*call, *In) (any, error)) action {
	return action{run: func(k *call) error {
		in := new(In)
		dec := json.NewDecoder(strings.NewReader(orText(k.body, "{}")))
		dec.DisallowUnknownFields()
		if err := dec.Decode(in); err != nil {
			return fail("SerializationException", "%s", strings.TrimPrefix(err.Error(), "json: "))
		}
		out, err := run(k, in)
		k.answer = out
		return err
	}}
}

func changing(a action) action {
	a.mutates = true
	return a
}

// read finds out what a request asks for.
func (k *call) read(r *http.Request, body string) error {
	q := r.URL.Query()
	id, err := identify(r.Header, q)
	if err == nil {
		k.id, k.svc = id, served[id.service]
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return firstError(err, k.readJSON(target, body))
	}
	if r.Method == http.MethodGet {
		body = r.URL.RawQuery // "Query requests", EC2 API Reference: GET with the parameters in the URL
	} else if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method != http.MethodPost ||
		(kind != "" && kind != "application/x-www-form-urlencoded") {
		return firstError(err, fail("MalformedQueryString", "A request is a POST of a form or a GET"))
	}
	return firstError(err, k.readQuery(body))
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *call) readJSON(target, body string) error {
	prefix, op, _ := strings.Cut(target, ".")
	k.op, k.body = op, body
	if k.svc == nil || k.svc.target != prefix {
		return fail("UnknownOperationException", "The sandbox does not serve %s", target)
	}
	act, ok := k.svc.actions[op]
	if !ok {
		return fail("UnknownOperationException", "The sandbox does not serve %s", target)
	}
	k.act = act
	return nil
}

func (k *call) readQuery(body string) error {
	params, err := parseQuery(body)
	if err != nil {
		return err
	}
	k.op, k.params = params["Action"], params
	version := params["Version"]
	k.dryRun = strings.EqualFold(params["DryRun"], "true")
	switch {
	case k.op == "":
		return fail("MissingAction", "The request must contain the parameter Action")
	case k.id.accessKey == "":
		return nil // refused for its signature
	case k.svc == nil || k.svc.target != "":
		return fail("InvalidAction", "The sandbox does not serve the service %s", k.id.service)
	case version != k.svc.version:
		return fail("NoSuchVersion", "The requested version (%s) of service %s does not exist", version, k.id.service)
	}
	act, ok := k.svc.actions[k.op]
	if !ok {
		return fail("InvalidAction", "The action %s is not valid for this web service.", k.op)
	}
	k.act = act
	delete(params, "Action")
	delete(params, "Version")
	if k.svc.name == "ec2" {
		delete(params, "DryRun")
	}
	return nil
}

// flat is the request's parameters as the request log shows them.
func (k *call) flat() map[string]string {
	if k.body == "" {
		return k.params
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(k.body), &raw) != nil {
		return nil
	}
	flat := map[string]string{}
	for name := range maps.Keys(raw) {
		var text string
		if json.Unmarshal(raw[name], &text) != nil {
			text = string(raw[name])
		}
		flat[name] = text
	}
	return flat
}
