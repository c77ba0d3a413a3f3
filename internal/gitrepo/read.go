package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Read gives a file's content at a revision, and the revision's commit as a
// full SHA. The path is that of Path.
func (r *Repo) Read(rev, path string) (content []byte, commit string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.commit(rev)
	if err != nil {
		return nil, "", err
	}
	e, err := entry(c, path)
	switch {
	case err != nil:
		return nil, "", err
	case e == nil || e.Mode == filemode.Dir || e.Mode == filemode.Submodule:
		return nil, "", fmt.Errorf("%w %s at revision %s (commit %s)", ErrNoFile, path, rev, c.Hash)
	case e.Mode == filemode.Symlink:
		return nil, "", fmt.Errorf("%s is a symbolic link at revision %s: name the file that it points to", path, rev)
	}
	content, err = r.contents(e.Hash)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, "", fmt.Errorf("the content of %s at revision %s is not in this clone, which is a partial one: check it out without a filter", path, rev)
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading %s at revision %s: %w", path, rev, err)
	}
	return content, c.Hash.String(), nil
}

// entry is what a commit has at a path; nil when there is nothing.
func entry(c *object.Commit, path string) (*object.TreeEntry, error) {
	tree, err := c.Tree()
	if err != nil {
		return nil, fmt.Errorf("reading the tree of commit %s: %w", c.Hash, err)
	}
	e, err := tree.FindEntry(path)
	switch {
	case errors.Is(err, object.ErrEntryNotFound), errors.Is(err, object.ErrDirectoryNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking for %s in commit %s: %w", path, c.Hash, err)
	}
	return e, nil
}

func (r *Repo) contents(h plumbing.Hash) (_ []byte, err error) {
	blob, err := r.git.BlobObject(h)
	if err != nil {
		return nil, err
	}
	in, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return io.ReadAll(in)
}

// Head is the checked out commit as a full SHA.
func (r *Repo) Head() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.commit("HEAD")
	if err != nil {
		return "", err
	}
	return c.Hash.String(), nil
}

// Clean reports whether a file of the work tree is what HEAD has; one that
// HEAD does not have is not. Only this file is looked at. Line ends may differ
// as core.autocrlf makes them; other filters of .gitattributes are not applied.
func (r *Repo) Clean(path string) (bool, error) {
	if r.bare {
		return false, fmt.Errorf("comparing %s: %s is a bare repository and has no work tree; name a revision", path, r.root)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	here, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(path)))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", path, err)
	}
	head, err := r.git.Head()
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return false, nil // no commits yet
	}
	if err != nil {
		return false, fmt.Errorf("reading HEAD: %w", err)
	}
	c, err := r.git.CommitObject(head.Hash())
	if err != nil {
		return false, fmt.Errorf("reading commit %s: %w", head.Hash(), err)
	}
	committed, err := entry(c, path)
	if err != nil || committed == nil || !committed.Mode.IsFile() {
		return false, err
	}
	unix := bytes.ReplaceAll(here, []byte("\r\n"), []byte("\n"))
	return plumbing.ComputeHash(plumbing.BlobObject, here) == committed.Hash ||
		plumbing.ComputeHash(plumbing.BlobObject, unix) == committed.Hash, nil
}
