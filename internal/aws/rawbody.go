package aws

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// badAnswerError is a 200 that is not the action's answer, or only a part of
// it. The SDK would take an empty body or a proxy's page for an empty result.
type badAnswerError struct{ why string }

func (e *badAnswerError) Error() string { return e.why }

// RetryableError tells the SDK's retryer to ask again.
func (e *badAnswerError) RetryableError() bool { return true }

// notImplementedError is an emulator that does not have an action.
type notImplementedError struct{ action string }

func (e *notImplementedError) Error() string {
	return "the endpoint does not implement " + e.action + ", or not with these parameters"
}

// RetryableError tells the SDK's retryer to give up, although the status is 500.
func (e *notImplementedError) RetryableError() bool { return false }

// judge says what is wrong with an answer. Errors of AWS's own making are not
// its matter: the SDK reads those.
func judge(action string, status int, body []byte, custom bool) error {
	service, operation, _ := strings.Cut(action, ":")
	asJSON := service == "ssm" || service == "kms" || service == "servicequotas"
	switch {
	case status >= 200 && status < 300 && asJSON:
		return checkJSON(body)
	case status >= 200 && status < 300:
		return checkXML(operation+"Response", body)
	case custom && absent(status, asJSON, body):
		return &notImplementedError{action: action}
	default:
		return nil
	}
}

// absent tells how emulators answer an action that they do not have: with 501,
// or with 500 and a page for people. A server error of AWS is in the service's
// own format.
func absent(status int, asJSON bool, body []byte) bool {
	switch {
	case status == http.StatusNotImplemented:
		return true
	case status != http.StatusInternalServerError:
		return false
	case asJSON:
		return checkJSON(body) != nil
	default:
		root, _, _ := scanXML(body)
		return root != "Response" && root != "ErrorResponse"
	}
}

// checkXML wants one whole document with the action's root element and a
// request id in it (EC2 API Reference, "Query requests": every response has a
// requestId).
func checkXML(root string, body []byte) error {
	got, identified, err := scanXML(body)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return &badAnswerError{why: "the answer is empty"}
	case got != root && got != "":
		return &badAnswerError{why: fmt.Sprintf("the answer is a <%s>, not a <%s>", got, root)}
	case err != nil:
		return &badAnswerError{why: "the answer is cut off or not XML: " + err.Error()}
	case !identified:
		return &badAnswerError{why: "the answer has no requestId"}
	default:
		return nil
	}
}

// scanXML reads a document to its end: the name of its root, and whether a
// request id stands in it. STS has it one level deeper than EC2.
func scanXML(body []byte) (root string, identified bool, err error) {
	const deepest = 3
	d := xml.NewDecoder(bytes.NewReader(body))
	depth, inID := 0, false
	for {
		token, err := d.Token()
		if err != nil {
			return root, identified, endOf(err, root)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 1 && root == "" {
				root = t.Name.Local
			}
			inID = depth <= deepest && strings.EqualFold(t.Name.Local, "requestId")
		case xml.EndElement:
			depth--
			inID = false
		case xml.CharData:
			identified = identified || inID && len(bytes.TrimSpace(t)) > 0
		}
	}
}

// endOf is no error where the document ended as it should.
func endOf(err error, root string) error {
	if errors.Is(err, io.EOF) && root != "" {
		return nil
	}
	return err
}

func checkJSON(body []byte) error {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return &badAnswerError{why: "the answer is empty"}
	}
	if trimmed[0] != '{' || !json.Valid(trimmed) {
		return &badAnswerError{why: "the answer is cut off or not JSON"}
	}
	return nil
}
