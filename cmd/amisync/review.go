package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/amisync/amisync/internal/github"
	"github.com/amisync/amisync/pkg/plan"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/pflag"
)

// botLogin is who writes with a workflow's own token.
const botLogin = "github-actions[bot]"

// reviewFlags say which reviews of pull requests let destructive actions go.
type reviewFlags struct {
	wanted bool
	within string
	branch string
}

func (f *reviewFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.wanted, "reviewed-in-pr", false, "of what takes something away, do only what the plan on a merged pull request showed; the rest waits (needs GITHUB_TOKEN and GITHUB_REPOSITORY)")
	flags.StringVar(&f.within, "reviewed-within", "7d", "with --reviewed-in-pr: how long ago the pull request may have been merged")
	flags.StringVar(&f.branch, "reviewed-branch", "", "with --reviewed-in-pr: the branch that it was merged into (default: the workflow's)")
}

// permit restricts a plan to what was reviewed. The plan itself is fresh: a
// comment is a permission, and never says what to do.
func (a *app) permit(ctx context.Context, f *applyFlags, p plan.Plan) (plan.Plan, error) {
	if !f.review.wanted {
		return p, nil
	}
	within, err := state.ParseDuration(f.review.within)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("reading --reviewed-within: %w", err)
	}
	event, err := github.ReadEvent(a.getenv)
	if err != nil {
		return plan.Plan{}, err
	}
	client := github.NewClient(a.getenv)
	branch := cmp.Or(f.review.branch, event.Branch)
	if client == nil || client.Repository == "" || branch == "" {
		return plan.Plan{}, errors.New("--reviewed-in-pr asks GitHub: it needs GITHUB_TOKEN, GITHUB_REPOSITORY and a branch (--reviewed-branch), as a workflow has them; nothing was changed")
	}
	ids, err := client.Reviewed(ctx, github.Review{
		Since: time.Now().Add(-within), Branch: branch, File: reviewedFile(f.file),
		Label: a.getenv("AMISYNC_LABEL"), Author: cmp.Or(a.getenv("AMISYNC_COMMENT_AUTHOR"), botLogin),
	})
	if err != nil {
		return plan.Plan{}, fmt.Errorf("%w; nothing was changed", err)
	}
	reviewed := map[string]bool{}
	for _, id := range ids {
		reviewed[id] = true
	}
	return p.Permit(reviewed, plan.Reason{Code: plan.ReviewMissing, Args: plan.Args{Grace: within}}), nil
}

// reviewedFile is how a comment names the file, however it was written.
func reviewedFile(name string) string { return filepath.ToSlash(filepath.Clean(name)) }
