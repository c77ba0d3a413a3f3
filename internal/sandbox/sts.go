package sandbox

import (
	"strings"
	"time"
)

func stsActions() map[string]action {
	return map[string]action{
		"GetCallerIdentity": query(getCallerIdentity),
		"AssumeRole":        changing(query(assumeRole)), // its keys are state: durable before they are answered
	}
}

// callerARN is who asks: the session of an assumed role, or the one user that
// every account has.
func (k *call) callerARN() string {
	return orText(k.cred.ARN, "arn:"+k.acct.Partition+":iam::"+k.acct.ID+":user/sandbox")
}

func getCallerIdentity(k *call, _ *nothing) error {
	k.out.text("Arn", k.callerARN())
	k.out.text("UserId", orText(k.cred.UserID, "AIDASANDBOX"+k.acct.ID[:10]))
	k.out.text("Account", k.acct.ID)
	return nil
}

type assumeRoleInput struct {
	DurationSeconds int
	ExternalID      string
	Policy          string
	RoleArn         string `q:",required"`
	RoleSessionName string `q:",required"`
	SourceIdentity  string
}

// assumeRole gives keys of the role's account. Every role exists and trusts
// everybody: the sandbox has no IAM.
func assumeRole(k *call, in *assumeRoleInput) error {
	parts := strings.SplitN(in.RoleArn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iam" || !accountPattern.MatchString(parts[4]) || !strings.HasPrefix(parts[5], "role/") {
		return fail("ValidationError", "%.100s is invalid", in.RoleArn)
	}
	seconds := or(in.DurationSeconds, 3600)
	if seconds < 900 || seconds > 43_200 {
		return fail("ValidationError", "DurationSeconds must be between 900 and 43200")
	}
	role := parts[5][strings.LastIndex(parts[5], "/")+1:]
	hash := k.cloud.hash(k.reg, "AssumeRole", in.RoleArn+"/"+in.RoleSessionName)
	id := accessKey(hash)
	cred := credential{
		Account: parts[4], ARN: "arn:" + parts[1] + ":sts::" + parts[4] + ":assumed-role/" + role + "/" + in.RoleSessionName,
		UserID: "AROASANDBOX" + role + ":" + in.RoleSessionName, Expires: k.now.Add(time.Duration(seconds) * time.Second),
	}
	k.cloud.accountOf(cred.Account)
	k.cloud.st.Keys[id] = cred
	w := &k.out
	w.open("Credentials")
	w.text("AccessKeyId", id)
	w.text("SecretAccessKey", digest("secret", hash)[:40])
	w.text("SessionToken", digest("token", hash))
	w.text("Expiration", cred.Expires.Truncate(time.Second).Format(time.RFC3339))
	w.close("Credentials")
	w.open("AssumedRoleUser")
	w.text("AssumedRoleId", cred.UserID)
	w.text("Arn", cred.ARN)
	w.close("AssumedRoleUser")
	return nil
}
