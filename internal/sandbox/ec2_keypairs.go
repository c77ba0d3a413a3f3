package sandbox

import (
	"slices"
	"time"
)

// keyPair is the public half of an SSH key; nothing runs that it could open.
type keyPair struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Fingerprint string    `json:"fingerprint"`
	Created     time.Time `json:"created"`
	Tags        tags      `json:"tags,omitempty"`
}

func (p *keyPair) key() string { return p.ID }

type createKeyPairInput struct {
	KeyFormat        string
	KeyName          string `q:",required"`
	KeyType          string
	TagSpecification []tagSpec
}

// createKeyPair gives the private key out once and does not keep it
// (CreateKeyPair, API Reference).
func createKeyPair(k *call, in *createKeyPairInput) error {
	given, err := tagsFor(in.TagSpecification, "key-pair")
	if err != nil {
		return err
	}
	switch {
	case len(in.KeyName) > 255:
		return invalidValue("KeyName", in.KeyName[:80], "It must be at most 255 characters long.")
	case orText(in.KeyFormat, "pem") != "pem":
		return invalidValue("KeyFormat", in.KeyFormat, "The sandbox makes PEM files only.")
	case k.keyPairNamed(in.KeyName) != nil:
		return fail("InvalidKeyPair.Duplicate", "The keypair '%s' already exists.", in.KeyName)
	}
	id := k.cloud.newID(k.reg, "key", "CreateKeyPair", in.KeyName)
	secret, err := newSecret(orText(in.KeyType, "rsa"), digest(k.acct.ID, k.reg.Name, id))
	if err != nil {
		return err
	}
	p := &keyPair{
		ID: id, Name: in.KeyName, Type: orText(in.KeyType, "rsa"), Fingerprint: secret.fingerprint,
		Created: k.now, Tags: given["key-pair"],
	}
	k.reg.KeyPairs.put(p)
	k.out.text("keyName", p.Name)
	k.out.text("keyFingerprint", p.Fingerprint)
	k.out.text("keyMaterial", secret.pem)
	k.out.text("keyPairId", p.ID)
	k.out.tags(p.Tags, k.now)
	return nil
}

func (k *call) keyPairNamed(name string) *keyPair {
	for p := range k.reg.KeyPairs.all() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

type deleteKeyPairInput struct {
	KeyName   string
	KeyPairID string
}

// deleteKeyPair succeeds also where there is no such key (DeleteKeyPair, API
// Reference).
func deleteKeyPair(k *call, in *deleteKeyPairInput) error {
	if in.KeyName == "" && in.KeyPairID == "" {
		return missing("KeyName")
	}
	p, ok := k.reg.KeyPairs.get(in.KeyPairID)
	if !ok {
		p = k.keyPairNamed(in.KeyName)
	}
	k.out.bool("return", true)
	if p != nil {
		k.reg.KeyPairs.remove(p.ID)
		k.out.text("keyPairId", p.ID)
	}
	return nil
}

type describeKeyPairsInput struct {
	Filter    []filterInput
	KeyName   []string
	KeyPairID []string
}

func describeKeyPairs(k *call, in *describeKeyPairsInput) error {
	match, err := filterable[*keyPair]{
		one: map[string]func(*keyPair) string{
			"fingerprint": func(p *keyPair) string { return p.Fingerprint },
			"key-name":    func(p *keyPair) string { return p.Name },
			"key-pair-id": func(p *keyPair) string { return p.ID },
		},
		tags: func(p *keyPair) tags { return p.Tags },
	}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	for _, name := range in.KeyName {
		if k.keyPairNamed(name) == nil {
			return keyPairNotFound(name)
		}
	}
	for _, id := range in.KeyPairID {
		if _, ok := k.reg.KeyPairs.get(id); !ok {
			return keyPairNotFound(id)
		}
	}
	named := len(in.KeyName)+len(in.KeyPairID) > 0
	k.out.open("keySet")
	for p := range k.reg.KeyPairs.all() {
		if (!named || slices.Contains(in.KeyName, p.Name) || slices.Contains(in.KeyPairID, p.ID)) && match(p) {
			k.out.within("item", func() { k.writeKeyPair(p) })
		}
	}
	k.out.close("keySet")
	return nil
}

func keyPairNotFound(name string) error {
	return fail("InvalidKeyPair.NotFound", "The key pair '%.100s' does not exist", name)
}

func (k *call) writeKeyPair(p *keyPair) {
	k.out.text("keyPairId", p.ID)
	k.out.text("keyFingerprint", p.Fingerprint)
	k.out.text("keyName", p.Name)
	k.out.text("keyType", p.Type)
	k.out.time("createTime", p.Created)
	k.out.tags(p.Tags, k.now)
}
