package main

import (
	"context"

	"github.com/amisync/amisync/pkg/state"
)

// answerLineage asks the file's repository how commits relate to the one being
// applied. Outside of a repository, or before a commit, nothing can be said.
func (s *session) answerLineage(ctx context.Context, commits []string, live *state.Live) {
	if len(commits) == 0 {
		return
	}
	if live.Facts.Lineage == nil {
		live.Facts.Lineage = map[string]state.Answer[state.Ancestry]{}
	}
	if s.config.repo != nil {
		if err := s.config.repo.Deepen(ctx); err != nil {
			for _, c := range commits {
				live.Facts.Lineage[c] = gitProblem(err)
			}
			return
		}
	}
	for _, c := range commits {
		live.Facts.Lineage[c] = s.ancestry(c)
	}
}

func (s *session) ancestry(commit string) state.Answer[state.Ancestry] {
	if s.config.repo == nil {
		return state.Answer[state.Ancestry]{Value: state.NotInClone}
	}
	of := s.config.origin.Commit
	if of == "" {
		of = "HEAD"
	}
	a, err := s.config.repo.Ancestry(commit, of)
	if err != nil {
		return gitProblem(err)
	}
	return state.Answer[state.Ancestry]{Value: a}
}

func gitProblem(err error) state.Answer[state.Ancestry] {
	return state.Answer[state.Ancestry]{Problem: &state.Problem{Code: "GitError", Text: err.Error()}}
}
