package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// attempts of one call, with pauses that double from a second.
const attempts = 6

// longestWait bounds what GitHub may ask for: a comment does not hold a job for
// an hour.
const longestWait = 2 * time.Minute

// largestAnswer bounds what is read: a page of 100 comments of 64 KiB each.
const largestAnswer = 16 << 20

// call makes a call, and makes it again after what may pass: a dropped
// connection, a 5xx, a rate limit. A comment that was created although the
// answer was lost is cleared away by Post.
func (c *Client) call(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	pause := time.Second
	for attempt := 1; ; attempt++ {
		r, err := c.request(ctx, method, path, in)
		if err != nil {
			return nil, err
		}
		header, err := c.once(r, out)
		wait, again := retry(err)
		if !again || attempt == attempts {
			return header, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		case <-time.After(max(wait, pause)):
		}
		pause *= 2
	}
}

// retry says whether to call again, and after how long at least.
func retry(err error) (time.Duration, bool) {
	var refused *APIError
	switch {
	case err == nil:
		return 0, false
	case !errors.As(err, &refused):
		return 0, true
	default:
		passes := refused.wait > 0 || refused.Status >= http.StatusInternalServerError
		return refused.wait, passes && refused.wait <= longestWait
	}
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.API, "/")+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	r.Header.Set("Accept", "application/vnd.github+json")
	r.Header.Set("Authorization", "Bearer "+c.Token)
	r.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	return r, nil
}

func (c *Client) once(r *http.Request, out any) (http.Header, error) {
	name := r.Method + " " + r.URL.Path
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, fmt.Errorf("%s: reading the answer: %w", name, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return nil, refusal(name, answer, body)
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			return nil, fmt.Errorf("%s: reading the answer: %w", name, err)
		}
	}
	return answer.Header, nil
}

// refusal reads an answer that is no success. A rate limit is told from a
// missing permission, which is 403 as well, by its headers or by the page that
// GitHub refers to (GitHub Docs, Rate limits for the REST API).
func refusal(name string, answer *http.Response, body []byte) *APIError {
	var said struct {
		Message       string `json:"message"`
		Documentation string `json:"documentation_url"`
	}
	e := &APIError{Call: name, Status: answer.StatusCode}
	if json.Unmarshal(body, &said) == nil {
		e.Message = said.Message
	}
	if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusTooManyRequests {
		return e
	}
	switch h := answer.Header; {
	case seconds(h.Get("Retry-After")) > 0:
		e.wait = seconds(h.Get("Retry-After"))
	case h.Get("X-RateLimit-Remaining") == "0":
		e.wait = max(time.Until(time.Unix(0, 0).Add(seconds(h.Get("X-RateLimit-Reset")))), time.Second)
	case answer.StatusCode == http.StatusTooManyRequests, strings.Contains(said.Documentation, "rate-limits"):
		e.wait = time.Minute
	}
	return e
}

func seconds(s string) time.Duration {
	n, err := strconv.ParseInt(s, 10, 34)
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(n) * time.Second
}
