package github

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Event is what a workflow runs for (GitHub Docs, Variables reference, and
// Webhook events and payloads).
type Event struct {
	Name        string // push, pull_request, schedule, …
	Repository  string // owner/name
	Branch      string // that the workflow runs for; "" for tags and pull requests
	PullRequest int    // 0: none
	Head        string // the pull request's newest commit when the event happened
	Fork        bool   // the pull request comes from another repository
	Run         Run
	RunURL      string
}

// ForPullRequest reports whether the event is one of a pull request, which
// anybody may have written.
func (e Event) ForPullRequest() bool { return IsPullRequest(e.Name) }

// IsPullRequest reports the same of an event's name.
func IsPullRequest(event string) bool { return strings.HasPrefix(event, "pull_request") }

// answerTime bounds one answer of the API.
const answerTime = 30 * time.Second

// ReadEvent reads the event from the environment of a job. Outside of a
// workflow it is empty.
func ReadEvent(getenv func(string) string) (Event, error) {
	e := Event{Name: getenv("GITHUB_EVENT_NAME"), Repository: getenv("GITHUB_REPOSITORY")}
	e.Branch, _ = strings.CutPrefix(getenv("GITHUB_REF"), "refs/heads/")
	if strings.HasPrefix(e.Branch, "refs/") {
		e.Branch = ""
	}
	e.Run.ID, _ = strconv.ParseInt(getenv("GITHUB_RUN_ID"), 10, 64) // "" or no number: an old run
	e.Run.Attempt, _ = strconv.Atoi(getenv("GITHUB_RUN_ATTEMPT"))
	if e.Run.ID > 0 {
		e.RunURL = fmt.Sprintf("%s/%s/actions/runs/%d", cmp.Or(getenv("GITHUB_SERVER_URL"), "https://github.com"), e.Repository, e.Run.ID)
	}
	if !e.ForPullRequest() {
		return e, nil
	}
	return e, e.readPayload(getenv("GITHUB_EVENT_PATH"))
}

func (e *Event) readPayload(name string) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the event: %w", err)
	}
	var payload struct {
		Number      int `json:"number"`
		PullRequest struct {
			Number int `json:"number"`
			Head   struct {
				SHA  string `json:"sha"`
				Repo struct {
					FullName string `json:"full_name"`
				} `json:"repo"`
			} `json:"head"`
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(data, &payload); err != nil {
		return fmt.Errorf("reading the event %s: %w", name, err)
	}
	e.Head = payload.PullRequest.Head.SHA
	e.PullRequest = cmp.Or(payload.PullRequest.Number, payload.Number)
	e.Fork = payload.PullRequest.Head.Repo.FullName != e.Repository // a deleted fork has no name
	return nil
}

// NewClient is a client of the API with the job's token; nil where there is no
// token.
func NewClient(getenv func(string) string) *Client {
	token := getenv("GITHUB_TOKEN")
	if token == "" {
		return nil
	}
	return &Client{
		HTTP: &http.Client{Timeout: answerTime}, API: cmp.Or(getenv("GITHUB_API_URL"), "https://api.github.com"),
		Token: token, Repository: getenv("GITHUB_REPOSITORY"),
	}
}
