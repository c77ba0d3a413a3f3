package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
)

// meddle is something that people do by hand.
type meddle struct {
	kind  string
	delay time.Duration // from the step's begin
}

func newMeddle(d dice) meddle {
	m := meddle{kind: one(d, slices.Sorted(maps.Keys(meddles)))}
	if d.chance(0.3) {
		m.delay = d.within(20 * time.Minute)
	}
	return m
}

// person is who meddles, and with which copy.
type person struct {
	*world
	dice
	region    string
	copy      sandbox.InspectedImage
	kind      string // of meddle
	parameter string // that names it, of those who wait for a request
}

// meddles are what people do to copies, by name.
var meddles = map[string]func(person){
	"untag": func(p person) {
		p.tags("DeleteTags", p.copy.ID, map[string]string{one(p.dice, slices.Sorted(maps.Keys(p.copy.Tags))): ""})
	},
	"untag-all": func(p person) {
		gone := map[string]string{}
		for k := range p.copy.Tags {
			gone[k] = ""
		}
		p.tags("DeleteTags", p.copy.ID, gone)
	},
	"retag": func(p person) {
		p.tags("CreateTags", p.copy.ID, map[string]string{
			one(p.dice, []string{state.TagSourceAMI, state.TagGeneration, state.TagVerified, state.TagKey, state.TagRetiredAt, state.TagSupersededAt}): one(p.dice, []string{"7", "ami-00000000000000000", "2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z"}),
		})
	},
	"deregister": func(p person) { p.image("DeregisterImage") },
	"disable":    func(p person) { p.image("DisableImage") },
	"enable":     func(p person) { p.image("EnableImage") },
	"hold":       func(p person) { p.tags("CreateTags", p.copy.ID, map[string]string{state.TagHold: "by hand"}) },
	"protect":    func(p person) { p.image("EnableImageDeregistrationProtection") },
	"deprecate": func(p person) {
		p.image("EnableImageDeprecation", "DeprecateAt", p.cloud.Clock().Now().Add(48*time.Hour).Format(time.RFC3339))
	},
	"share": func(p person) {
		p.image("ModifyImageAttribute", "LaunchPermission.Add.1.UserId", "777788889999")
	},
	"unshare":  func(p person) { p.image("ResetImageAttribute", "Attribute", "launchPermission") },
	"instance": func(p person) { p.image("RunInstances", "MinCount", "1", "MaxCount", "1", "InstanceType", "t3.micro") },
	"template": func(p person) {
		p.ec2("CreateLaunchTemplate", "LaunchTemplateName", fmt.Sprintf("lt-%d", p.Uint32()), "LaunchTemplateData.ImageId", p.copy.ID)
		p.touchIt(p.copy.ID)
	},
	"forge": func(p person) {
		p.ec2("CopyImage", "Name", fmt.Sprintf("forged-%d", p.Uint32()), "SourceImageId", p.copy.ID, "SourceRegion", p.region, "CopyImageTags", "true")
		p.touchIt(p.copy.ID)
	},
	"squat": func(p person) {
		p.ec2("CopyImage", "Name", p.copy.Name+"-g2", "SourceImageId", p.copy.ID, "SourceRegion", p.region)
	},
	"parameter": func(p person) {
		name := "/amis/" + p.source() + "/current"
		p.json("ssm", "AmazonSSM.PutParameter", map[string]any{"Name": name, "Value": p.copy.ID, "Type": "String", "Overwrite": true})
		p.touchIt(name)
		p.touchIt(p.copy.ID)
	},
	"delete-parameter": func(p person) {
		name := "/amis/" + p.source() + "/current"
		p.json("ssm", "AmazonSSM.DeleteParameter", map[string]any{"Name": name})
		p.touchIt(name)
	},
	"key-disable": func(p person) {
		p.json("kms", "TrentService.DisableKey", map[string]any{"KeyId": p.keyID()})
		p.touchIt("key")
	},
	"key-enable": func(p person) {
		p.json("kms", "TrentService.EnableKey", map[string]any{"KeyId": p.keyID()})
		p.touchIt("key")
	},
	"delete-source": func(p person) {
		p.region = home
		p.ec2("DeregisterImage", "ImageId", p.copy.SourceID)
		p.touchIt(p.copy.SourceID)
	},
	"snapshot-untag": func(p person) {
		if len(p.copy.Snapshots) > 0 {
			p.tags("DeleteTags", p.copy.Snapshots[0], map[string]string{state.TagOwner: ""})
		}
	},
	"use-snapshot": func(p person) {
		if len(p.copy.Snapshots) > 0 {
			p.ec2("RegisterImage", "Name", fmt.Sprintf("theirs-%d", p.Uint32()), "RootDeviceName", "/dev/sda",
				"BlockDeviceMapping.1.DeviceName", "/dev/sda", "BlockDeviceMapping.1.Ebs.SnapshotId", p.copy.Snapshots[0])
			p.touchIt(p.copy.Snapshots[0])
		}
	},
}

// meddle does what a step's script says, to some copy or other.
func (w *world) meddle(s step, n int, m meddle) {
	d := newDice(w.seed, "meddle", fmt.Sprint(s.number, n))
	p := person{world: w, dice: d, region: one(d, w.terrain.regions), kind: m.kind}
	var copies []sandbox.InspectedImage
	for _, a := range w.cloud.Inspect(account, p.region).Images {
		if a.Tags[state.TagOwner] == owner {
			copies = append(copies, a)
		}
	}
	if len(copies) == 0 {
		return
	}
	p.copy = one(d, copies)
	w.note("people: %s %s of %s in %s", m.kind, p.copy.ID, p.copy.Tags[state.TagImage], p.region)
	meddles[m.kind](p)
}

// source is the image that the copy is of, by the name of its builds.
func (p person) source() string { return strings.TrimSuffix(p.copy.Tags[state.TagImage], "-renamed") }

func (p person) keyID() string { return one(p.dice, aliases) }

func (p person) touchIt(id string) {
	p.touch(touch{region: p.region, id: id, image: p.copy.Tags[state.TagImage], kind: p.kind})
}

// image makes a call about the copy.
func (p person) image(action string, params ...string) {
	p.ec2(action, append([]string{"ImageId", p.copy.ID}, params...)...)
	p.touchIt(p.copy.ID)
	for _, id := range p.copy.Snapshots {
		p.touchIt(id)
	}
}

func (p person) tags(action, id string, tags map[string]string) {
	params := []string{"ResourceId.1", id}
	for i, k := range slices.Sorted(maps.Keys(tags)) {
		params = append(params, fmt.Sprintf("Tag.%d.Key", i+1), k)
		if action == "CreateTags" {
			params = append(params, fmt.Sprintf("Tag.%d.Value", i+1), tags[k])
		}
	}
	p.ec2(action, params...)
	p.touchIt(id)
}

// ec2 makes a call and notes the answer. People make mistakes: errors too.
func (p person) ec2(action string, params ...string) {
	form := url.Values{"Action": {action}, "Version": {"2016-11-15"}}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	p.send("ec2", action, "application/x-www-form-urlencoded", "", form.Encode())
}

func (p person) json(service, target string, body map[string]any) []byte {
	data, err := json.Marshal(body)
	if err != nil {
		p.fail("a meddle: %v", err)
	}
	return p.send(service, target, "application/x-amz-json-1.1", target, string(data))
}

func (p person) send(service, what, kind, target, body string) []byte {
	r, err := http.NewRequest(http.MethodPost, "http://aws.invalid/", strings.NewReader(body))
	if err != nil {
		p.fail("a meddle: %v", err)
		return nil
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+account+"/20260301/"+p.region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	p.cloud.ClearFaults()
	answer, err := p.cloud.Transport().RoundTrip(r)
	if err != nil {
		p.fail("a meddle: %v", err)
		return nil
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		p.fail("a meddle: %v", err)
		return nil
	}
	if answer.StatusCode != http.StatusOK {
		p.note("people: %s: %d %s", what, answer.StatusCode, said)
		return nil
	}
	p.note("people: %s", what)
	if _, made, ok := strings.Cut(string(said), "<imageId>"); ok {
		id, _, _ := strings.Cut(made, "<")
		p.touchIt(id)
	}
	return said
}
