package gitrepo

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// headName is what stands for the commit that is checked out.
const headName = "HEAD"

var (
	// revisionForm is a name and the steps back from it: main~2, v1^2~1.
	revisionForm = regexp.MustCompile(`^([^\s~^:?*\[\\{}]+)((?:[~^][0-9]{0,6})*)$`)
	step         = regexp.MustCompile(`[~^][0-9]*`)
	abbreviated  = regexp.MustCompile(`^[0-9a-f]{4,40}$`)
)

// commit finds the commit of a revision, as gitrevisions describes them: a
// branch, a tag, a SHA or its beginning, and steps back by ~ and ^.
func (r *Repo) commit(rev string) (*object.Commit, error) {
	m := revisionForm.FindStringSubmatch(rev)
	if m == nil {
		return nil, notARevision(rev)
	}
	c, err := r.named(m[1])
	if err != nil {
		return nil, err
	}
	for _, s := range step.FindAllString(m[2], -1) {
		if c, err = r.back(c, s); err != nil {
			return nil, fmt.Errorf("revision %s: %w", rev, err)
		}
	}
	return c, nil
}

func notARevision(rev string) error {
	return fmt.Errorf("%q is not a revision: name a branch, a tag, a SHA or one with steps back such as HEAD~1", rev)
}

// named finds what a name without steps stands for. A full SHA is itself, and
// a reference goes before an abbreviated SHA.
func (r *Repo) named(name string) (*object.Commit, error) {
	if plumbing.IsHash(name) {
		return r.peel(name, plumbing.NewHash(name))
	}
	if name == "@" {
		name = headName
	}
	for _, rule := range plumbing.RefRevParseRules {
		full := plumbing.ReferenceName(fmt.Sprintf(rule, name))
		ref, err := storer.ResolveReference(r.git.Storer, full)
		switch {
		case err == nil:
			return r.peel(name, ref.Hash())
		case name == headName:
			return nil, errors.New("the repository has no commits yet: commit the file first")
		}
	}
	if abbreviated.MatchString(name) {
		if c, err := r.beginning(name); c != nil || err != nil {
			return c, err
		}
	}
	return nil, r.unknown(name)
}

// peel is the commit that a hash names, itself or as an annotated tag.
func (r *Repo) peel(name string, h plumbing.Hash) (*object.Commit, error) {
	for range 10 { // tags of tags are rare, and never deep
		c, err := r.git.CommitObject(h)
		if err == nil {
			return c, nil
		}
		tag, tagErr := r.git.TagObject(h)
		if tagErr != nil {
			break
		}
		h = tag.Target
	}
	return nil, r.unknown(name)
}

// beginning finds the one commit whose SHA begins so; nil when there is none.
func (r *Repo) beginning(prefix string) (*object.Commit, error) {
	hashes, err := r.hashes(prefix)
	if err != nil {
		return nil, fmt.Errorf("looking for commit %s: %w", prefix, err)
	}
	var found *object.Commit
	for _, h := range hashes {
		c, err := r.git.CommitObject(h)
		if err != nil || !strings.HasPrefix(h.String(), prefix) {
			continue
		}
		if found != nil && found.Hash != c.Hash {
			return nil, fmt.Errorf("%s is the beginning of several commits: write more of the SHA", prefix)
		}
		found = c
	}
	return found, nil
}

// hashes are those of all objects that begin so, up to a digit: storage looks
// for whole bytes.
func (r *Repo) hashes(prefix string) ([]plumbing.Hash, error) {
	whole, err := hex.DecodeString(prefix[:len(prefix)/2*2])
	if err != nil {
		return nil, err
	}
	return r.objects.HashesWithPrefix(whole)
}

// back goes ~n first parents, or to the nth parent for ^n.
func (r *Repo) back(c *object.Commit, how string) (*object.Commit, error) {
	n := stepLength(how)
	if how[0] == '^' {
		if n == 0 {
			return c, nil
		}
		return r.parent(c, n)
	}
	for range n {
		var err error
		if c, err = r.parent(c, 1); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// stepLength is the number of a step, 1 where it has none.
func stepLength(step string) int {
	if len(step) == 1 {
		return 1
	}
	n, _ := strconv.Atoi(step[1:]) // the form allows nothing but digits
	return n
}

func (r *Repo) parent(c *object.Commit, n int) (*object.Commit, error) {
	if n > len(c.ParentHashes) {
		return nil, fmt.Errorf("commit %s has %d parents", c.Hash, len(c.ParentHashes))
	}
	p, err := r.git.CommitObject(c.ParentHashes[n-1])
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("the parent of commit %s is not in this clone%s", c.Hash, r.depthAdvice())
	}
	return p, err
}

// unknown says what may be wrong with a name that stands for nothing.
func (r *Repo) unknown(name string) error {
	remote := plumbing.NewRemoteReferenceName("origin", name)
	if _, err := r.git.Reference(remote, true); err == nil {
		return fmt.Errorf("there is no revision %s in this clone, but there is origin/%[1]s", name)
	}
	if r.remote != nil {
		return fmt.Errorf("there is no revision %s in %s", name, r.remote)
	}
	return fmt.Errorf("there is no revision %s in this clone%s", name, r.depthAdvice())
}

// depthAdvice tells of a shallow clone, the usual one in CI.
func (r *Repo) depthAdvice() string {
	if r.remote != nil {
		return ""
	}
	if !r.Shallow() {
		return ""
	}
	return ", which is shallow: check out the whole history (actions/checkout with fetch-depth: 0)"
}
