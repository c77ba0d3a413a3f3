// Package githubtest is a stand-in for GitHub's API, for tests: issues and pull
// requests of one repository, with their comments.
package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bot is who writes with the token.
const Bot = "github-actions[bot]"

// Token is the one that is taken.
const Token = "ghs_test"

// Hub is a repository. It is an http.Handler.
type Hub struct {
	Repository string           // owner/name
	PerPage    int              // at most; 0: 100
	Limit      int              // bytes of a body; 0: 65,536
	Now        func() time.Time // default time.Now

	mu       sync.Mutex
	issues   []*Issue
	comments int64
	faults   []Fault
	calls    []string
}

// Issue is an issue, or a pull request.
type Issue struct {
	Number    int
	Author    string // default Bot
	Title     string
	Body      string
	State     string
	Pull      bool
	Base      string
	Head      string // newest commit of a pull request
	MergedAt  *time.Time
	UpdatedAt time.Time
	Comments  []Comment
}

// Comment is a comment of an issue.
type Comment struct {
	ID      int64
	Author  string
	Body    string
	Updated time.Time
}

// Fault is the answer to one call, instead of its effect.
type Fault struct {
	Status int
	Header http.Header
	Body   string
}

// Add adds an issue or pull request and gives it the next number.
func (h *Hub) Add(i Issue) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.add(i)
}

func (h *Hub) add(i Issue) int {
	i.Number = len(h.issues) + 1
	i.State, i.Author = cmp.Or(i.State, "open"), cmp.Or(i.Author, Bot)
	for n := range i.Comments {
		h.comments++
		i.Comments[n].ID = h.comments
	}
	h.issues = append(h.issues, &i)
	return i.Number
}

// Merge closes a pull request as merged at a time.
func (h *Hub) Merge(number int, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := h.issues[number-1]
	i.State, i.MergedAt, i.UpdatedAt = "closed", &at, at
}

// Issue is a copy of an issue.
func (h *Hub) Issue(number int) Issue {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := *h.issues[number-1]
	i.Comments = slices.Clone(i.Comments)
	return i
}

// Len counts the issues and pull requests.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.issues)
}

// Fail lets the next calls fail.
func (h *Hub) Fail(faults ...Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, faults...)
}

// Calls are the calls so far that changed something.
func (h *Hub) Calls() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.calls), func(c string) bool { return strings.HasPrefix(c, http.MethodGet) })
}

// ServeHTTP answers a call.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	if len(h.faults) > 0 {
		f := h.faults[0]
		h.faults = h.faults[1:]
		for k, v := range f.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(f.Status)
		fmt.Fprint(w, f.Body)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+Token {
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/repos/"+h.Repository+"/")
	if !ok {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	var in struct{ Title, Body, State string }
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, "Problems parsing JSON")
			return
		}
	}
	if len(in.Body) > cmp.Or(h.Limit, 65536) {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed: body is too long")
		return
	}
	h.route(w, r, strings.Split(path, "/"), Issue{Title: in.Title, Body: in.Body, State: in.State})
}

func (h *Hub) route(w http.ResponseWriter, r *http.Request, path []string, in Issue) {
	switch call := r.Method + " " + strings.Join(path, "/"); {
	case call == "GET pulls":
		h.listPulls(w, r)
	case call == "GET issues":
		h.listIssues(w, r)
	case call == "POST issues":
		answer(w, http.StatusCreated, map[string]int{"number": h.add(in)})
	case strings.HasPrefix(call, "PATCH issues/comments/"), strings.HasPrefix(call, "DELETE issues/comments/"):
		h.changeComment(w, r, path[2], in.Body)
	case len(path) >= 2 && path[0] == "issues" && h.find(path[1]) != nil:
		h.onIssue(w, r, h.find(path[1]), path[2:], in)
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (h *Hub) find(number string) *Issue {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(h.issues) {
		return nil
	}
	return h.issues[n-1]
}

func (h *Hub) onIssue(w http.ResponseWriter, r *http.Request, i *Issue, rest []string, in Issue) {
	switch call := r.Method + " " + strings.Join(rest, "/"); call {
	case "PATCH ":
		i.Title, i.Body, i.State = cmp.Or(in.Title, i.Title), cmp.Or(in.Body, i.Body), cmp.Or(in.State, i.State)
		answer(w, http.StatusOK, struct{}{})
	case "GET comments":
		var list []any
		for _, c := range i.Comments {
			list = append(list, map[string]any{"id": c.ID, "body": c.Body, "user": login(c.Author), "updated_at": c.Updated})
		}
		h.page(w, r, list)
	case "POST comments":
		h.comments++
		i.Comments = append(i.Comments, Comment{h.comments, Bot, in.Body, h.now()})
		answer(w, http.StatusCreated, map[string]any{"user": login(Bot)})
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (h *Hub) changeComment(w http.ResponseWriter, r *http.Request, id, body string) {
	for _, i := range h.issues {
		n := slices.IndexFunc(i.Comments, func(c Comment) bool { return strconv.FormatInt(c.ID, 10) == id })
		if n < 0 {
			continue
		}
		if r.Method == http.MethodDelete {
			i.Comments = slices.Delete(i.Comments, n, n+1)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		i.Comments[n].Body, i.Comments[n].Updated = body, h.now()
		answer(w, http.StatusOK, struct{}{})
		return
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

// listPulls lists pull requests as asked for: by state and base, the newest
// change first.
func (h *Hub) listPulls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	pulls := slices.DeleteFunc(slices.Clone(h.issues), func(i *Issue) bool {
		return !i.Pull || i.State != q.Get("state") || i.Base != q.Get("base")
	})
	slices.SortFunc(pulls, func(a, b *Issue) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	var list []any
	for _, i := range pulls {
		list = append(list, map[string]any{"number": i.Number, "updated_at": i.UpdatedAt, "merged_at": i.MergedAt, "head": map[string]string{"sha": i.Head}})
	}
	h.page(w, r, list)
}

// listIssues lists issues and pull requests, as GitHub does.
func (h *Hub) listIssues(w http.ResponseWriter, r *http.Request) {
	var list []any
	for _, i := range h.issues {
		if i.State != r.URL.Query().Get("state") {
			continue
		}
		one := map[string]any{"number": i.Number, "title": i.Title, "body": i.Body, "user": login(i.Author)}
		if i.Pull {
			one["pull_request"] = map[string]string{"url": "x"}
		}
		list = append(list, one)
	}
	h.page(w, r, list)
}

func login(name string) map[string]string { return map[string]string{"login": name} }

// now is the clock that comments are dated by.
func (h *Hub) now() time.Time {
	if h.Now != nil {
		return h.Now()
	}
	return time.Now()
}

func (h *Hub) page(w http.ResponseWriter, r *http.Request, list []any) {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	size = min(cmp.Or(size, 30), cmp.Or(h.PerPage, 100))
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min((max(n, 1)-1)*size, len(list))
	to := min(from+size, len(list))
	if to < len(list) {
		w.Header().Set("Link", `<https://api.example/next>; rel="next"`)
	}
	answer(w, http.StatusOK, append([]any{}, list[from:to]...))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message})
}
