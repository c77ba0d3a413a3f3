package sandbox

import (
	"slices"
	"strings"
	"time"
)

func kmsActions() map[string]action {
	return map[string]action{
		"DescribeKey":         posted(describeKey),
		"ListAliases":         posted(listAliases),
		"CreateKey":           changing(posted(createKey)),
		"CreateAlias":         changing(posted(createAlias)),
		"DisableKey":          changing(posted(setKeyState("Disabled"))),
		"EnableKey":           changing(posted(setKeyState("Enabled"))),
		"ScheduleKeyDeletion": changing(posted(scheduleDeletion)),
	}
}

const managedAlias = "alias/aws/ebs"

// addManagedKey gives a Region its aws/ebs key.
func (c *Cloud) addManagedKey(r *region) {
	k := c.makeKey(r, "aws/ebs")
	k.Manager, k.Aliases = "AWS", []string{managedAlias}
	r.Keys.put(k)
}

// makeKey is a new symmetric key of the customer.
func (c *Cloud) makeKey(r *region, name string) *kmsKey {
	id := uuidOf(c.hash(r, "key", name))
	return &kmsKey{
		ID: id, ARN: arn(r.Name, "kms", r.Account, "key/"+id), Account: r.Account, State: "Enabled",
		Spec: "SYMMETRIC_DEFAULT", Usage: "ENCRYPT_DECRYPT", Manager: "CUSTOMER", Created: c.clock.Now(),
	}
}

// defaultKey is the ARN of the Region's default key for EBS encryption.
func (c *Cloud) defaultKey(r *region) string {
	return orText(r.DefaultKey, findKeyIn(r, managedAlias).ARN)
}

// findKey finds a key as seen from a Region by any of the forms that EC2 and
// KMS take: key id, alias, key ARN, alias ARN. An ARN may name a key of another
// account, but never one of another Region.
func (c *Cloud) findKey(r *region, ref string) *kmsKey {
	if parts := strings.SplitN(ref, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[2] == "kms" {
		a, ok := c.st.Accounts[parts[4]]
		if !ok || parts[3] != r.Name {
			return nil
		}
		return findKeyIn(c.regionOf(a, r.Name), strings.TrimPrefix(parts[5], "key/"))
	}
	return findKeyIn(r, ref)
}

func findKeyIn(r *region, ref string) *kmsKey {
	if k, ok := r.Keys.get(ref); ok {
		return k
	}
	if !strings.HasPrefix(ref, "alias/") {
		return nil
	}
	for k := range r.Keys.all() {
		if slices.Contains(k.Aliases, ref) {
			return k
		}
	}
	return nil
}

func (k *call) needKey(ref string) (*kmsKey, error) {
	key := k.cloud.findKey(k.reg, ref)
	switch {
	case ref == "":
		return nil, fail("ValidationException", "KeyId must not be empty")
	case key == nil && strings.Contains(ref, "alias/"):
		name := ref
		if !strings.HasPrefix(ref, "arn:") {
			name = arn(k.reg.Name, "kms", k.acct.ID, ref)
		}
		return nil, fail("NotFoundException", "Alias %s is not found.", name)
	case key == nil:
		return nil, fail("NotFoundException", "Key '%s' does not exist", arn(k.reg.Name, "kms", k.acct.ID, "key/"+strings.TrimPrefix(ref, "key/")))
	case key.Account != k.acct.ID && !slices.Contains(key.Users, k.acct.ID):
		return nil, fail("AccessDeniedException", "User: %s is not authorized to perform: kms:%s on resource: %s", k.callerARN(), k.op, key.ARN)
	}
	return key, nil
}

type keyInput struct {
	KeyID       string
	GrantTokens []string
}

// epoch is a time as the JSON services write it.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func metadata(k *kmsKey) map[string]any {
	m := map[string]any{
		"AWSAccountId": k.Account, "KeyId": k.ID, "Arn": k.ARN, "CreationDate": epoch(k.Created),
		"Enabled": k.State == "Enabled", "Description": k.About, "KeyUsage": k.Usage, "KeyState": k.State,
		"Origin": "AWS_KMS", "KeyManager": k.Manager, "KeySpec": k.Spec, "CustomerMasterKeySpec": k.Spec, "MultiRegion": k.Multi,
	}
	if k.Usage == "ENCRYPT_DECRYPT" && k.Spec == "SYMMETRIC_DEFAULT" {
		m["EncryptionAlgorithms"] = []string{"SYMMETRIC_DEFAULT"}
	}
	return m
}

func describeKey(k *call, in *keyInput) (any, error) {
	key, err := k.needKey(in.KeyID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"KeyMetadata": metadata(key)}, nil
}

type listAliasesInput struct {
	KeyID  string
	Limit  int
	Marker string
}

func listAliases(k *call, in *listAliasesInput) (any, error) {
	list := []map[string]any{}
	for key := range k.reg.Keys.all() {
		if in.KeyID != "" && in.KeyID != key.ID && in.KeyID != key.ARN {
			continue
		}
		for _, alias := range key.Aliases {
			list = append(list, map[string]any{
				"AliasName": alias, "AliasArn": arn(k.reg.Name, "kms", k.acct.ID, alias), "TargetKeyId": key.ID,
			})
		}
	}
	return map[string]any{"Aliases": list, "Truncated": false}, nil
}

type createKeyInput struct {
	Description string
	KeySpec     string
	KeyUsage    string
	MultiRegion bool
	Policy      string
	Tags        []struct{ TagKey, TagValue string }
}

func createKey(k *call, in *createKeyInput) (any, error) {
	key := k.cloud.makeKey(k.reg, in.Description)
	key.About, key.Multi = in.Description, in.MultiRegion
	key.Spec, key.Usage = orText(in.KeySpec, key.Spec), orText(in.KeyUsage, key.Usage)
	k.reg.Keys.put(key)
	return map[string]any{"KeyMetadata": metadata(key)}, nil
}

type createAliasInput struct{ AliasName, TargetKeyID string }

func createAlias(k *call, in *createAliasInput) (any, error) {
	switch {
	case !strings.HasPrefix(in.AliasName, "alias/"):
		return nil, fail("ValidationException", "Alias must start with the prefix \"alias/\"")
	case strings.HasPrefix(in.AliasName, "alias/aws/"):
		return nil, fail("NotAuthorizedException", "The prefix alias/aws/ is reserved")
	case findKeyIn(k.reg, in.AliasName) != nil:
		return nil, fail("AlreadyExistsException", "An alias with the name %s already exists", arn(k.reg.Name, "kms", k.acct.ID, in.AliasName))
	}
	key, err := k.needKey(in.TargetKeyID)
	if err != nil {
		return nil, err
	}
	insert(&key.Aliases, in.AliasName)
	return nil, nil
}

func setKeyState(state string) func(*call, *keyInput) (any, error) {
	return func(k *call, in *keyInput) (any, error) {
		key, err := k.needKey(in.KeyID)
		if err != nil {
			return nil, err
		}
		key.State = state
		return nil, nil
	}
}

type deletionInput struct {
	KeyID               string
	PendingWindowInDays int
}

func scheduleDeletion(k *call, in *deletionInput) (any, error) {
	key, err := k.needKey(in.KeyID)
	if err != nil {
		return nil, err
	}
	key.State = "PendingDeletion"
	date := k.now.AddDate(0, 0, or(in.PendingWindowInDays, 30))
	return map[string]any{"KeyId": key.ARN, "DeletionDate": epoch(date), "KeyState": key.State}, nil
}
