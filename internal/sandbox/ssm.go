package sandbox

import (
	"regexp"
	"strings"
)

func ssmActions() map[string]action {
	return map[string]action{
		"GetParameter":           posted(getParameter),
		"GetParameters":          posted(getParameters),
		"DescribeParameters":     posted(describeParameters),
		"ListTagsForResource":    posted(listTags),
		"PutParameter":           changing(posted(putParameter)),
		"DeleteParameter":        changing(posted(deleteParameter)),
		"AddTagsToResource":      changing(posted(addTags)),
		"RemoveTagsFromResource": changing(posted(removeTags)),
	}
}

var parameterPattern = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

// checkParameterName applies the rules of PutParameter, API Reference.
func (k *call) checkParameterName(name string) error {
	trimmed := strings.ToLower(strings.TrimPrefix(name, "/"))
	switch {
	case name == "" || !parameterPattern.MatchString(name):
		return fail("ValidationException", "Parameter name: can't be prefixed with \"ssm\" (case-insensitive) and can only contain letters, digits and _.-/")
	case strings.HasPrefix(trimmed, "aws"), strings.HasPrefix(trimmed, "ssm"):
		return fail("AccessDeniedException", "No access to reserved parameter name: %s.", name)
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		return fail("ValidationException", "Parameter name must be a fully qualified name.")
	case strings.Count(name, "/") > 15:
		return fail("HierarchyLevelLimitExceededException", "A hierarchy can have a maximum of 15 levels.")
	case len(k.parameterARN(name)) > 1011:
		return fail("ValidationException", "Parameter name, with its ARN, must be at most 1011 characters long.")
	}
	return nil
}

func (k *call) parameterARN(name string) string {
	return arn(k.reg.Name, "ssm", k.acct.ID, "parameter/"+strings.TrimPrefix(name, "/"))
}

// findParameter finds a parameter of the caller, or one under /aws/service/,
// which is public in every Region where some account has it.
func (k *call) findParameter(name string) *parameter {
	if rest, ok := strings.CutPrefix(name, k.parameterARN("")); ok {
		name = "/" + rest
	}
	if p, ok := k.reg.Params.get(name); ok && p.Version > 0 {
		return p
	}
	if !strings.HasPrefix(name, "/aws/service/") {
		return nil
	}
	for _, a := range k.cloud.accounts() {
		if r, ok := a.Regions[k.reg.Name]; ok {
			if p, ok := r.Params.get(name); ok {
				return p
			}
		}
	}
	return nil
}

func (k *call) shown(p *parameter) map[string]any {
	return map[string]any{
		"Name": p.Name, "Type": p.Type, "Value": p.Value, "Version": p.Version, "DataType": p.Data,
		"LastModifiedDate": epoch(p.Modified), "ARN": k.parameterARN(p.Name),
	}
}

type getParameterInput struct {
	Name           string
	WithDecryption bool
}

func getParameter(k *call, in *getParameterInput) (any, error) {
	p := k.findParameter(in.Name)
	if p == nil {
		return nil, fail("ParameterNotFound", "Parameter %s not found.", in.Name)
	}
	return map[string]any{"Parameter": k.shown(p)}, nil
}

type getParametersInput struct {
	Names          []string
	WithDecryption bool
}

func getParameters(k *call, in *getParametersInput) (any, error) {
	if len(in.Names) < 1 || len(in.Names) > 10 {
		return nil, fail("ValidationException", "Member must have length less than or equal to 10")
	}
	found, invalid := []map[string]any{}, []string{}
	for _, name := range in.Names {
		if p := k.findParameter(name); p != nil {
			found = append(found, k.shown(p))
			continue
		}
		invalid = append(invalid, name)
	}
	return map[string]any{"Parameters": found, "InvalidParameters": invalid}, nil
}

type ssmTag struct{ Key, Value string }

type putParameterInput struct {
	AllowedPattern string
	DataType       string
	Description    string
	KeyID          string
	Name           string
	Overwrite      bool
	Policies       string
	Tags           []ssmTag
	Tier           string
	Type           string
	Value          string
}

func (in *putParameterInput) check(k *call) error {
	if err := k.checkParameterName(in.Name); err != nil {
		return err
	}
	switch {
	case in.Value == "":
		return fail("ValidationException", "Value must have length greater than or equal to 1")
	case len(in.Value) > 4096:
		return fail("ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters.")
	case in.Overwrite && len(in.Tags) > 0:
		return fail("ValidationException", "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.")
	case in.DataType != "" && in.DataType != "text" && in.DataType != dataImage:
		return fail("ValidationException", "The data type %s is not supported.", in.DataType)
	}
	return nil
}

// dataImage is the data type whose values are validated.
const dataImage = "aws:ec2:image"

// putParameter answers before a value of type aws:ec2:image is validated: the
// answer does not mean that the value was taken ("Native parameter support for
// AMI IDs", Systems Manager User Guide).
func putParameter(k *call, in *putParameterInput) (any, error) {
	if err := in.check(k); err != nil {
		return nil, err
	}
	given, err := k.parameterTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	p, exists := k.reg.Params.get(in.Name)
	exists = exists && p.Version > 0
	switch {
	case exists && !in.Overwrite:
		return nil, fail("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case !exists && in.Type == "":
		return nil, fail("ValidationException", "A parameter type is required when you create a parameter.")
	case !exists:
		p = &parameter{Name: in.Name, Type: in.Type, Data: orText(in.DataType, "text"), Tags: given}
		k.reg.Params.put(p)
	}
	if in.DataType != "" {
		p.Data = in.DataType
	}
	if in.Description != "" {
		p.Description = in.Description
	}
	version := p.Version + 1
	if p.Data == dataImage {
		at := k.now.Add(k.cloud.st.Settings.Delays.Parameter.std())
		p.Waiting, p.WaitingAt = in.Value, at
		k.cloud.after(at, timerParameter, k.reg, p.Name)
		k.cloud.settle(k.now)
	} else {
		p.Value, p.Version, p.Modified = in.Value, version, k.now
	}
	return map[string]any{"Version": version, "Tier": "Standard"}, nil
}

// validateParameter takes a waiting value if it is an image that the account
// can use in the Region; else the old value stays, and nobody is told.
func (c *Cloud) validateParameter(r *region, t timer) {
	p, ok := r.Params.get(t.ID)
	if !ok || p.Waiting == "" || p.WaitingAt.After(t.At) {
		return
	}
	value := p.Waiting
	p.Waiting = ""
	im, owner := c.findImage(r.Name, value)
	if im == nil || im.State != stateAvailable || !c.accountOf(r.Account).sees(im, r, owner.Alias, t.At) {
		if p.Version == 0 {
			r.Params.remove(p.Name)
		}
		return
	}
	p.Value, p.Version, p.Modified = value, p.Version+1, t.At
}

type deleteParameterInput struct{ Name string }

func deleteParameter(k *call, in *deleteParameterInput) (any, error) {
	if p, ok := k.reg.Params.get(in.Name); !ok || p.Version == 0 {
		return nil, fail("ParameterNotFound", "Parameter %s not found.", in.Name)
	}
	k.reg.Params.remove(in.Name)
	return nil, nil
}
