package sandbox

import (
	"fmt"
	"slices"
	"strconv"
)

type describeVersionsInput struct {
	Filter                  []filterInput
	IncludeManagedResources bool
	LaunchTemplateID        string
	LaunchTemplateName      string
	LaunchTemplateVersion   []string
	MaxResults              *int
	MaxVersion              string
	MinVersion              string
	NextToken               string
	ResolveAlias            bool
}

// versionRow is a version with its template, newest first within one.
type versionRow struct {
	template *launchTemplate
	version  templateVersion
}

func (r versionRow) key() string {
	return r.template.ID + fmt.Sprintf("/%08d", 99_999_999-r.version.Number)
}

// describeTemplateVersions goes through one template, or through all of them
// where only $Latest and $Default are asked for.
func describeTemplateVersions(k *call, in *describeVersionsInput) error {
	p, err := k.newPager(in.MaxResults, in.NextToken, 1, 200)
	if err != nil {
		return err
	}
	match, err := filterable[versionRow]{one: map[string]func(versionRow) string{
		"image-id":           func(r versionRow) string { return r.version.Image },
		"instance-type":      func(r versionRow) string { return r.version.Type },
		"is-default-version": func(r versionRow) string { return strconv.FormatBool(r.version.Number == r.template.Default) },
	}}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	rows, err := k.versionRows(in)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r versionRow) bool { return p.last != "" && r.key() <= p.last })
	page, next := cut(p, match, slices.Values(rows))
	k.out.open("launchTemplateVersionSet")
	for _, r := range page {
		image := r.version.Image
		if in.ResolveAlias {
			image = k.resolve(image)
		}
		k.out.within("item", func() { k.writeVersion(r.template, r.version, image) })
	}
	k.out.close("launchTemplateVersionSet")
	k.out.some("nextToken", next)
	return nil
}

func (k *call) versionRows(in *describeVersionsInput) ([]versionRow, error) {
	if in.LaunchTemplateID != "" || in.LaunchTemplateName != "" {
		l, err := k.findTemplate(in.LaunchTemplateID, in.LaunchTemplateName)
		if err != nil {
			return nil, err
		}
		return rowsOf(l, in)
	}
	if len(in.LaunchTemplateVersion) == 0 {
		return nil, fail("MissingParameter", "Either a launch template or $Latest and $Default must be specified")
	}
	for _, which := range in.LaunchTemplateVersion {
		if which != "$Latest" && which != "$Default" {
			return nil, invalidValue("LaunchTemplateVersion", which, "Over all launch templates it must be $Latest or $Default.")
		}
	}
	var rows []versionRow
	for l := range k.reg.Templates.all() {
		if l.Managed && !in.IncludeManagedResources {
			continue
		}
		more, err := rowsOf(l, in)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func rowsOf(l *launchTemplate, in *describeVersionsInput) ([]versionRow, error) {
	wanted := map[int]bool{}
	for _, which := range in.LaunchTemplateVersion {
		v, err := l.version(which)
		if err != nil {
			return nil, err
		}
		wanted[v.Number] = true
	}
	low, _ := strconv.Atoi(orText(in.MinVersion, "1"))
	high, _ := strconv.Atoi(orText(in.MaxVersion, strconv.Itoa(len(l.Versions))))
	var rows []versionRow
	for _, v := range slices.Backward(l.Versions) {
		if v.Number >= low && v.Number <= high && (len(wanted) == 0 || wanted[v.Number]) {
			rows = append(rows, versionRow{l, v})
		}
	}
	return rows, nil
}
