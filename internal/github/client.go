package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	statusNotFound      = http.StatusNotFound
	statusUnprocessable = http.StatusUnprocessableEntity
)

// Client calls GitHub's REST API.
type Client struct {
	HTTP       *http.Client
	API        string // for example https://api.github.com
	Token      string
	Repository string // owner/name
}

// APIError is an answer of GitHub that is no success.
type APIError struct {
	Call    string // for example POST /repos/o/r/issues/1/comments
	Status  int
	Message string        // what GitHub said
	wait    time.Duration // a rate limit: come back after so long; 0: none
}

// Error is a sentence.
func (e *APIError) Error() string {
	text := fmt.Sprintf("%s: GitHub answered %d %s", e.Call, e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Status == http.StatusForbidden || e.Status == http.StatusNotFound {
		text += " (the job needs the permissions of docs/github.md)"
	}
	return text
}

// PullRequest gives the comments of one pull request.
func (c *Client) PullRequest(number int) Comments { return pullRequest{c, number} }

// user is whoever wrote something.
type user struct {
	Login string `json:"login"`
}

type pullRequest struct {
	client *Client
	number int
}

func (p pullRequest) path() string {
	return fmt.Sprintf("/repos/%s/issues/%d/comments", p.client.Repository, p.number)
}

func (p pullRequest) one(id int64) string {
	return fmt.Sprintf("/repos/%s/issues/comments/%d", p.client.Repository, id)
}

// List reads all pages.
func (p pullRequest) List(ctx context.Context) ([]Comment, error) {
	var all []Comment
	for page := 1; ; page++ {
		var answer []struct {
			ID      int64     `json:"id"`
			Body    string    `json:"body"`
			User    user      `json:"user"`
			Updated time.Time `json:"updated_at"`
		}
		query := url.Values{"per_page": {"100"}, "page": {strconv.Itoa(page)}}
		header, err := p.client.call(ctx, http.MethodGet, p.path()+"?"+query.Encode(), nil, &answer)
		if err != nil {
			return nil, err
		}
		for _, a := range answer {
			all = append(all, Comment{ID: a.ID, Author: a.User.Login, Body: a.Body, Updated: a.Updated})
		}
		if !strings.Contains(header.Get("Link"), `rel="next"`) {
			return all, nil
		}
	}
}

func (p pullRequest) Create(ctx context.Context, body string) (string, error) {
	var answer struct {
		User user `json:"user"`
	}
	_, err := p.client.call(ctx, http.MethodPost, p.path(), map[string]string{"body": body}, &answer)
	return answer.User.Login, err
}

func (p pullRequest) Update(ctx context.Context, id int64, body string) error {
	_, err := p.client.call(ctx, http.MethodPatch, p.one(id), map[string]string{"body": body}, nil)
	return err
}

func (p pullRequest) Delete(ctx context.Context, id int64) error {
	_, err := p.client.call(ctx, http.MethodDelete, p.one(id), nil, nil)
	return err
}
