package sandbox

import (
	"maps"
	"slices"
)

// checkToken: up to 64 ASCII characters ("Ensuring idempotency in Amazon EC2
// API requests").
func checkToken(text string) error {
	if len(text) > 64 {
		return fail("InvalidParameterValue", "The client token must be at most 64 ASCII characters long")
	}
	for _, r := range text {
		if r > 126 || r < 32 {
			return fail("InvalidParameterValue", "The client token must be at most 64 ASCII characters long")
		}
	}
	return nil
}

// replay finds what a request with the same ClientToken made in this Region:
// the same parameters do nothing again, others are a mismatch.
func (k *call) replay(clientToken string) (id string, done bool, err error) {
	if clientToken == "" {
		return "", false, nil
	}
	name := k.op + "/" + clientToken
	old, ok := k.reg.Tokens[name]
	as := k.cloud.st.Settings.Assumptions
	if !ok || (as.TokenRetention > 0 && k.now.Sub(old.Used) > as.TokenRetention.std()) {
		return "", false, nil
	}
	if old.Hash != k.paramHash() {
		return "", false, fail("IdempotentParameterMismatch", "The request uses the same client token as a previous, but non-identical request.")
	}
	if as.DeadTokenCopiesAgain && k.op == "CopyImage" {
		if im, ok := k.reg.Images.get(old.ID); !ok || !im.live() || im.State == stateFailed {
			return "", false, nil
		}
	}
	return old.ID, true, nil
}

func (k *call) remember(clientToken, id string) {
	if clientToken != "" {
		k.reg.Tokens[k.op+"/"+clientToken] = token{Hash: k.paramHash(), ID: id, Used: k.now}
	}
}

func (k *call) paramHash() string {
	words := make([]string, 0, 2*len(k.params))
	for _, name := range slices.Sorted(maps.Keys(k.params)) {
		if name != "ClientToken" {
			words = append(words, name, k.params[name])
		}
	}
	return digest(words...)[:32]
}
