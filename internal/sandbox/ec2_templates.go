package sandbox

import (
	"slices"
	"strconv"
)

// templateData is what of a launch template's data matters here.
type templateData struct {
	ImageID          string
	InstanceType     string
	KeyName          string
	UserData         string
	SecurityGroupID  []string
	TagSpecification []tagSpec
}

type createTemplateInput struct {
	ClientToken        string
	LaunchTemplateData *templateData `q:",required"`
	LaunchTemplateName string        `q:",required"`
	TagSpecification   []tagSpec
	VersionDescription string
}

func createLaunchTemplate(k *call, in *createTemplateInput) error {
	given, err := tagsFor(in.TagSpecification, "launch-template")
	if err != nil {
		return err
	}
	id, done, err := k.replay(in.ClientToken)
	if err != nil {
		return err
	}
	if !done {
		if _, err := k.findTemplate("", in.LaunchTemplateName); err == nil {
			return fail("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
		}
		l := &launchTemplate{
			ID: k.cloud.newID(k.reg, "lt", "CreateLaunchTemplate", in.LaunchTemplateName), Name: in.LaunchTemplateName,
			Created: k.now, Default: 1, Tags: given["launch-template"],
		}
		l.add(in.LaunchTemplateData, in.VersionDescription, k)
		k.reg.Templates.put(l)
		k.remember(in.ClientToken, l.ID)
		id = l.ID
	}
	l, err := k.findTemplate(id, "")
	if err != nil {
		return err
	}
	k.out.within("launchTemplate", func() { k.writeTemplate(l) })
	return nil
}

func (l *launchTemplate) add(data *templateData, about string, k *call) {
	l.Versions = append(l.Versions, templateVersion{
		Number: len(l.Versions) + 1, Description: about, Created: k.now, Image: data.ImageID, Type: data.InstanceType,
	})
}

// findTemplate finds a launch template by its id or its name.
func (k *call) findTemplate(id, name string) (*launchTemplate, error) {
	for l := range k.reg.Templates.all() {
		if (id != "" && l.ID == id) || (id == "" && l.Name == name) {
			return l, nil
		}
	}
	if id == "" && name == "" {
		return nil, missing("LaunchTemplateId or LaunchTemplateName")
	}
	if id != "" {
		return nil, fail("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID %s, does not exist.", id)
	}
	return nil, fail("InvalidLaunchTemplateName.NotFoundException", "The specified launch template, with template name %s, does not exist.", name)
}

// version finds a version by its number, $Latest or $Default.
func (l *launchTemplate) version(which string) (templateVersion, error) {
	number := l.Default
	if which == "$Latest" {
		number = len(l.Versions)
	} else if which != "$Default" {
		number, _ = strconv.Atoi(which)
	}
	if number < 1 || number > len(l.Versions) {
		return templateVersion{}, fail("InvalidLaunchTemplateId.VersionNotFound", "Could not find the specified version %s for the launch template with ID %s.", which, l.ID)
	}
	return l.Versions[number-1], nil
}

func (k *call) writeTemplate(l *launchTemplate) {
	w := &k.out
	w.text("launchTemplateId", l.ID)
	w.text("launchTemplateName", l.Name)
	w.time("createTime", l.Created)
	w.text("createdBy", k.callerARN())
	w.int("defaultVersionNumber", l.Default)
	w.int("latestVersionNumber", len(l.Versions))
	w.tags(l.Tags, k.now)
}

type createVersionInput struct {
	ClientToken        string
	LaunchTemplateData *templateData `q:",required"`
	LaunchTemplateID   string
	LaunchTemplateName string
	SourceVersion      string
	VersionDescription string
}

func createTemplateVersion(k *call, in *createVersionInput) error {
	l, err := k.findTemplate(in.LaunchTemplateID, in.LaunchTemplateName)
	if err != nil {
		return err
	}
	number, done, err := k.replay(in.ClientToken)
	if err != nil {
		return err
	}
	if !done {
		data := *in.LaunchTemplateData
		if in.SourceVersion != "" {
			base, err := l.version(in.SourceVersion)
			if err != nil {
				return err
			}
			data.ImageID, data.InstanceType = orText(data.ImageID, base.Image), orText(data.InstanceType, base.Type)
		}
		l.add(&data, in.VersionDescription, k)
		number = strconv.Itoa(len(l.Versions))
		k.remember(in.ClientToken, number)
	}
	v, err := l.version(number)
	if err != nil {
		return err
	}
	k.out.within("launchTemplateVersion", func() { k.writeVersion(l, v, v.Image) })
	return nil
}

func (k *call) writeVersion(l *launchTemplate, v templateVersion, image string) {
	w := &k.out
	w.text("launchTemplateId", l.ID)
	w.text("launchTemplateName", l.Name)
	w.int("versionNumber", v.Number)
	w.some("versionDescription", v.Description)
	w.time("createTime", v.Created)
	w.text("createdBy", k.callerARN())
	w.bool("defaultVersion", v.Number == l.Default)
	w.within("launchTemplateData", func() {
		w.some("imageId", image)
		w.some("instanceType", v.Type)
	})
}

type templateInput struct {
	LaunchTemplateID   string
	LaunchTemplateName string
}

func deleteLaunchTemplate(k *call, in *templateInput) error {
	l, err := k.findTemplate(in.LaunchTemplateID, in.LaunchTemplateName)
	if err != nil {
		return err
	}
	k.reg.Templates.remove(l.ID)
	k.out.within("launchTemplate", func() { k.writeTemplate(l) })
	return nil
}

type describeTemplatesInput struct {
	Filter                  []filterInput
	IncludeManagedResources bool
	LaunchTemplateID        []string
	LaunchTemplateName      []string
	MaxResults              *int
	NextToken               string
}

func describeLaunchTemplates(k *call, in *describeTemplatesInput) error {
	p, err := k.newPager(in.MaxResults, in.NextToken, 1, 200)
	if err != nil {
		return err
	}
	filters, err := filterable[*launchTemplate]{
		one: map[string]func(*launchTemplate) string{
			"launch-template-name": func(l *launchTemplate) string { return l.Name },
			"create-time":          func(l *launchTemplate) string { return stamp(l.Created) },
		},
		tags: func(l *launchTemplate) tags { return l.Tags },
	}.compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	if err := k.knownTemplates(in); err != nil {
		return err
	}
	named := len(in.LaunchTemplateID)+len(in.LaunchTemplateName) > 0
	page, next := cut(p, func(l *launchTemplate) bool {
		asked := slices.Contains(in.LaunchTemplateID, l.ID) || slices.Contains(in.LaunchTemplateName, l.Name)
		return (!named || asked) && (!l.Managed || named || in.IncludeManagedResources) && filters(l)
	}, k.reg.Templates.after(p.last))
	k.out.open("launchTemplates")
	for _, l := range page {
		k.out.within("item", func() { k.writeTemplate(l) })
	}
	k.out.close("launchTemplates")
	k.out.some("nextToken", next)
	return nil
}

func (k *call) knownTemplates(in *describeTemplatesInput) error {
	for _, id := range in.LaunchTemplateID {
		if _, err := k.findTemplate(id, ""); err != nil {
			return err
		}
	}
	for _, name := range in.LaunchTemplateName {
		if _, err := k.findTemplate("", name); err != nil {
			return err
		}
	}
	return nil
}
