package sandbox

import (
	"iter"
	"slices"
	"strings"
	"time"
)

type describeImagesInput struct {
	ExecutableBy      []string
	ImageID           []string
	Owner             []string
	Filter            []filterInput
	IncludeDeprecated bool
	IncludeDisabled   bool
	MaxResults        *int
	NextToken         string
}

func describeImages(k *call, in *describeImagesInput) error {
	if len(in.ImageID) > 0 && in.MaxResults != nil {
		// "Query requests", EC2 API Reference: a list of ids cannot be paginated.
		return fail("InvalidParameterCombination", "The parameter imagesSet cannot be used with the parameter maxResults")
	}
	as := k.cloud.st.Settings.Assumptions
	p, err := k.newPager(in.MaxResults, in.NextToken, or(as.MinPage, 1), or(as.MaxPage, 1000))
	if err != nil {
		return err
	}
	filters, err := k.imageFilters().compile(in.Filter, k.now)
	if err != nil {
		return err
	}
	match := func(im *image) bool {
		return k.shows(im, in) && filters(im)
	}
	sources := k.imageSources(in.Owner, p.last)
	if len(in.ImageID) > 0 {
		named, err := k.namedImages(in.ImageID)
		if err != nil {
			return err
		}
		sources = []iter.Seq[*image]{slices.Values(named)}
	}
	page, next := cut(p, match, sources...)
	k.out.grow(len(page) * imageBytes)
	k.out.within("imagesSet", func() {
		for _, im := range page {
			k.writeImage(im)
		}
	})
	k.out.some("nextToken", next)
	return nil
}

// imageBytes is about what an image takes in an answer; it saves growing.
const imageBytes = 3 << 10

// imageSources are the images of the Region by owner; with Owner=self only the
// caller's are walked.
func (k *call) imageSources(owners []string, last string) []iter.Seq[*image] {
	if len(owners) == 1 && (owners[0] == "self" || owners[0] == k.acct.ID) {
		return []iter.Seq[*image]{k.reg.Images.after(last)}
	}
	var list []iter.Seq[*image]
	for _, a := range k.cloud.accounts() {
		if r, ok := a.Regions[k.reg.Name]; ok && r.Images.len() > 0 {
			list = append(list, r.Images.after(last))
		}
	}
	return list
}

// namedImages finds images by id. One id that does not exist fails the whole
// call. That of a deregistered image gives nothing for a while, and as long as
// it has instances (DescribeImages, API Reference).
func (k *call) namedImages(ids []string) ([]*image, error) {
	var list []*image
	var gone []string
	for _, id := range ids {
		if err := checkImageID(id); err != nil {
			return nil, err
		}
		im, owner := k.cloud.findImage(k.reg.Name, id)
		if im == nil || !k.acct.sees(im, k.reg, owner.Alias, k.now) {
			at, dead := k.reg.Dead[id]
			if dead && (k.now.Before(at.Add(k.cloud.st.Settings.Delays.forgotten())) || k.hasInstances(id)) {
				continue
			}
			gone = append(gone, id)
			continue
		}
		if !slices.Contains(list, im) {
			list = append(list, im)
		}
	}
	if len(gone) > 1 {
		return nil, fail("InvalidAMIID.NotFound", "The image ids '[%s]' do not exist", strings.Join(gone, ", "))
	} else if len(gone) == 1 {
		return nil, imageNotFound(gone[0])
	}
	return list, nil
}

// shows tells whether DescribeImages lists an image for the request.
func (k *call) shows(im *image, in *describeImagesInput) bool {
	owner := k.cloud.st.Accounts[im.Owner]
	if !k.acct.sees(im, k.reg, owner.Alias, k.now) {
		return false
	}
	byID, own := len(in.ImageID) > 0, im.Owner == k.acct.ID
	switch {
	case im.State == stateDisabled && !in.IncludeDisabled && !byID,
		// An owner sees deprecated images without asking for them.
		!own && !byID && !in.IncludeDeprecated && deprecated(im, k.now),
		len(in.Owner) > 0 && !ownedBy(im, in.Owner, own, owner.Alias),
		len(in.ExecutableBy) > 0 && !k.executable(im, in.ExecutableBy):
		return false
	}
	return true
}

func ownedBy(im *image, owners []string, own bool, alias string) bool {
	return hasAny(owners, im.Owner, alias) || (own && slices.Contains(owners, "self"))
}

// executable tells whether one of the users has an explicit launch permission.
func (k *call) executable(im *image, users []string) bool {
	for _, user := range users {
		switch {
		case user == "all" && im.Public,
			user == "self" && hasAny(im.Users, k.acct.ID),
			hasAny(im.Users, user):
			return true
		}
	}
	return false
}

// deprecatedAt is when an image is deprecated. A public one is two years after
// its creation at the latest (EC2 User Guide, "Deprecate an AMI").
func deprecatedAt(im *image) time.Time {
	if limit := im.Created.AddDate(2, 0, 0).Truncate(time.Minute); im.Public && (im.Deprecation.IsZero() || im.Deprecation.After(limit)) {
		return limit
	}
	return im.Deprecation
}

func deprecated(im *image, now time.Time) bool {
	at := deprecatedAt(im)
	return !at.IsZero() && !at.After(now)
}
