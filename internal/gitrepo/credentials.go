package gitrepo

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/plumbing/transport/ssh"
)

// tokenVariable holds a token for the repository that is named, whatever its
// host. GITHUB_TOKEN, which is about in every workflow, goes to GitHub only.
const tokenVariable = "AMISYNC_GIT_TOKEN"

// anyUser is what GitHub takes with a token as password; other hosts take the
// user of the URL.
const anyUser = "x-access-token"

// credentials finds what to show the remote; nil is nothing.
func credentials(e *transport.Endpoint, getenv func(string) string) (transport.AuthMethod, error) {
	switch e.Protocol {
	case "ssh":
		return sshCredentials(e, getenv)
	case "http", "https":
		return httpCredentials(e, getenv)
	default:
		return nil, nil
	}
}

func httpCredentials(e *transport.Endpoint, getenv func(string) string) (transport.AuthMethod, error) {
	user, password := e.User, cmp.Or(e.Password, getenv(tokenVariable), gitHubToken(e, getenv))
	if password == "" {
		user, password = netrc(e, getenv)
	}
	if password == "" {
		return nil, nil
	}
	if e.Protocol == "http" && !loopback(e.Host) {
		return nil, errors.New("a token or password is not sent over http, where anybody can read it: use https")
	}
	return &http.BasicAuth{Username: cmp.Or(user, anyUser), Password: password}, nil
}

// gitHubToken is the workflow's token, for the GitHub that it is of.
func gitHubToken(e *transport.Endpoint, getenv func(string) string) string {
	server, err := url.Parse(cmp.Or(getenv("GITHUB_SERVER_URL"), "https://github.com"))
	if err != nil || server.Scheme != e.Protocol || server.Hostname() != e.Host || server.Port() != port(e) {
		return ""
	}
	return getenv("GITHUB_TOKEN")
}

// port is the endpoint's, "" where it is its protocol's own.
func port(e *transport.Endpoint) string {
	if e.Port == 0 || e.Protocol == "https" && e.Port == 443 || e.Protocol == "http" && e.Port == 80 {
		return ""
	}
	return fmt.Sprint(e.Port)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// netrc finds the host in the file that curl and git read (The .netrc file, in
// GNU inetutils); macdef is not known to it.
func netrc(e *transport.Endpoint, getenv func(string) string) (user, password string) {
	name := getenv("NETRC")
	if name == "" {
		name = filepath.Join(getenv("HOME"), ".netrc")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", "" // there is none, as on most machines
	}
	words, ours := strings.Fields(string(text)), false
	for i := 0; i < len(words); i++ {
		value := ""
		if i+1 < len(words) {
			value = words[i+1]
		}
		switch words[i] {
		case "machine", "default":
			if password != "" {
				return user, password
			}
			ours, user = words[i] == "default" || value == e.Host, ""
		case "login":
			if ours {
				user = value
			}
		case "password":
			if ours {
				password = value
			}
		}
		if words[i] != "default" {
			i++
		}
	}
	return user, password
}

// sshCredentials are the agent's, or else the first of the usual keys that
// needs no passphrase. go-git holds the host against known_hosts.
func sshCredentials(e *transport.Endpoint, getenv func(string) string) (transport.AuthMethod, error) {
	user := cmp.Or(e.User, "git")
	if getenv("SSH_AUTH_SOCK") != "" {
		auth, err := ssh.NewSSHAgentAuth(user)
		if err != nil {
			return nil, fmt.Errorf("asking ssh's agent: %w", err)
		}
		return auth, nil
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		if auth, err := ssh.NewPublicKeysFromFile(user, filepath.Join(getenv("HOME"), ".ssh", name), ""); err == nil {
			return auth, nil
		}
	}
	return nil, errors.New("there is no ssh agent (SSH_AUTH_SOCK), and no key in ~/.ssh that needs no passphrase")
}

// withoutURL drops the URL, which may have a password in it, from an error.
func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}
