package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is what goes back for a request.
type answer struct {
	status      int
	contentType string
	requestID   string
	date        time.Time
	body        []byte
	cut         bool // the connection is cut instead
}

// bodyTime is how long a client may take to send a body.
const bodyTime = 30 * time.Second

// ServeHTTP answers requests to every service, and to the control endpoints
// under /_sandbox/.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limitReading(w, r)
	a := c.answerTo(r)
	if a.cut {
		cutConnection(w)
	}
	header := w.Header()
	header.Set("Content-Type", a.contentType)
	header.Set("Date", a.date.Format(http.TimeFormat))
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.requestID != "" {
		header.Set("X-Amzn-Requestid", a.requestID)
	}
	w.WriteHeader(a.status)
	// A client that went away cannot be told.
	_, _ = w.Write(a.body)
}

// limitReading bounds how long a slow client may hold a request, unless the
// server has a limit of its own.
func limitReading(w http.ResponseWriter, r *http.Request) {
	if s, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && s.ReadTimeout == 0 {
		// Without a connection under it there is nothing to bound.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	}
}

// cutConnection resets the client's connection, as a broken load balancer
// does. It does not return.
func cutConnection(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset rather than an orderly end
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's own way to end a handler without an answer
}

func (c *Cloud) answerTo(r *http.Request) answer {
	if path, ok := strings.CutPrefix(r.URL.Path, "/_sandbox/"); ok {
		return c.control(r, path)
	}
	k := &call{cloud: c, ctx: r.Context()}
	body, err := readBody(r)
	if len(body) > largeBody {
		c.large <- struct{}{}
		defer func() { <-c.large }()
	}
	if err == nil {
		err = k.read(r, body)
	}
	return c.run(k, err)
}

// readBody reads a body of bounded size.
func readBody(r *http.Request) (string, error) {
	if r.Body == nil {
		return "", nil
	}
	if r.ContentLength > maxBody {
		return "", tooLarge()
	}
	var text strings.Builder
	n, err := io.Copy(&text, io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return "", fail("RequestTimeout", "The request body could not be read in time")
	case n > maxBody:
		return "", tooLarge()
	}
	return text.String(), nil
}

func tooLarge() error {
	return fail("RequestEntityTooLarge", "The request is larger than %d bytes", maxBody)
}

// Transport answers requests in process: no socket, no goroutine, and so
// usable inside a testing/synctest bubble.
func (c *Cloud) Transport() http.RoundTripper { return transport{c} }

type transport struct{ cloud *Cloud }

// errReset is what a client sees of a connection that was reset.
var errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	a := t.cloud.answerTo(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if a.cut {
		return nil, errReset
	}
	header := http.Header{}
	header.Set("Content-Type", a.contentType)
	header.Set("Date", a.date.Format(http.TimeFormat))
	if a.requestID != "" {
		header.Set("X-Amzn-Requestid", a.requestID)
	}
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header, Request: r,
		Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}
