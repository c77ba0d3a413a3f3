package github_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/amisync/amisync/internal/github"
)

// hub is a stand-in for GitHub's comments of one pull request. It is a
// RoundTripper, so that tests need no socket and can run on virtual time.
type hub struct {
	mu       sync.Mutex
	comments []stored
	nextID   int64
	perPage  int
	limit    int // bytes of a body; 0: GitHub's 65,536
	faults   []fault
	calls    []string
}

type stored struct {
	ID   int64             `json:"id"`
	Body string            `json:"body"`
	User map[string]string `json:"user"`
}

// fault answers one call; lost means after its effect.
type fault struct {
	status int // 0: the connection is dropped
	header http.Header
	body   string
	lost   bool
}

func (h *hub) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	if len(h.faults) == 0 {
		return h.serve(r), nil
	}
	f := h.faults[0]
	h.faults = h.faults[1:]
	if f.lost {
		h.serve(r)
	}
	if f.status == 0 {
		return nil, errors.New("connection reset by peer")
	}
	return answer(f.status, f.header, f.body), nil
}

func answer(status int, header http.Header, body string) *http.Response {
	w := httptest.NewRecorder()
	for k, v := range header {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	fmt.Fprint(w, body)
	return w.Result()
}

func (h *hub) serve(r *http.Request) *http.Response {
	if r.Header.Get("Authorization") != "Bearer secret" {
		return answer(http.StatusUnauthorized, nil, `{"message":"Bad credentials"}`)
	}
	var in struct{ Body string }
	if r.Body != nil {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return answer(http.StatusBadRequest, nil, `{"message":"Problems parsing JSON"}`)
		}
	}
	if len(in.Body) > cmp.Or(h.limit, 65536) {
		return answer(http.StatusUnprocessableEntity, nil, `{"message":"Validation Failed: body is too long"}`)
	}
	const all, one = "/repos/o/r/issues/7/comments", "/repos/o/r/issues/comments/"
	var id int64
	_, _ = fmt.Sscanf(r.URL.Path, one+"%d", &id)
	i := slices.IndexFunc(h.comments, func(c stored) bool { return c.ID == id })
	switch {
	case r.URL.Path == all && r.Method == http.MethodGet:
		return h.page(r)
	case r.URL.Path == all && r.Method == http.MethodPost:
		h.nextID++
		h.comments = append(h.comments, stored{h.nextID, in.Body, map[string]string{"login": "github-actions[bot]"}})
		return answer(http.StatusCreated, nil, `{"user": {"login": "github-actions[bot]"}}`)
	case i >= 0 && r.Method == http.MethodPatch:
		h.comments[i].Body = in.Body
		return answer(http.StatusOK, nil, "{}")
	case i >= 0 && r.Method == http.MethodDelete:
		h.comments = slices.Delete(h.comments, i, i+1)
		return answer(http.StatusNoContent, nil, "")
	default:
		return answer(http.StatusNotFound, nil, `{"message":"Not Found"}`)
	}
}

func (h *hub) page(r *http.Request) *http.Response {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	size = min(size, cmp.Or(h.perPage, 100))
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min((n-1)*size, len(h.comments))
	to := min(from+size, len(h.comments))
	header := http.Header{}
	if to < len(h.comments) {
		header.Set("Link", `<https://api.example/next>; rel="next", <https://api.example/last>; rel="last"`)
	}
	body, _ := json.Marshal(h.comments[from:to])
	return answer(http.StatusOK, header, string(body))
}

// people add comments of their own.
func (h *hub) people(bodies ...string) {
	for _, b := range bodies {
		h.nextID++
		h.comments = append(h.comments, stored{h.nextID, b, map[string]string{"login": "octocat"}})
	}
}

func (h *hub) count(call string) int {
	n := 0
	for _, c := range h.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (h *hub) pullRequest() github.Comments {
	c := &github.Client{HTTP: &http.Client{Transport: h}, API: "https://api.example/", Token: "secret", Repository: "o/r"}
	return c.PullRequest(7)
}

func post(t *testing.T, h *hub, s github.Sticky) github.Outcome {
	t.Helper()
	got, err := github.Post(t.Context(), h.pullRequest(), s)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// racing lets something happen just before the first comment is created.
type racing struct {
	github.Comments
	before func()
}

func (r *racing) Create(ctx context.Context, body string) (string, error) {
	if r.before != nil {
		r.before()
		r.before = nil
	}
	return r.Comments.Create(ctx, body)
}
