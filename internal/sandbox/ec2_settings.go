package sandbox

// The account settings of a Region that decide what copies become.

func getEncryptionByDefault(k *call, _ *nothing) error {
	k.out.bool("ebsEncryptionByDefault", k.reg.Encrypt)
	k.out.text("sseType", map[bool]string{true: "sse-kms", false: "none"}[k.reg.Encrypt])
	return nil
}

func encryptByDefault(on bool) func(*call, *nothing) error {
	return func(k *call, _ *nothing) error {
		k.reg.Encrypt = on
		k.out.bool("ebsEncryptionByDefault", on)
		return nil
	}
}

// getDefaultKey answers the alias of the AWS managed key where no other was set.
func getDefaultKey(k *call, _ *nothing) error {
	k.out.text("kmsKeyId", orText(k.reg.DefaultKey, "alias/aws/ebs"))
	return nil
}

type defaultKeyInput struct {
	KmsKeyID string `q:",required"`
}

func modifyDefaultKey(k *call, in *defaultKeyInput) error {
	key := k.cloud.findKey(k.reg, in.KmsKeyID)
	if key == nil || !key.usable(k.acct.ID) {
		return fail("InvalidKey.NotFound", "The key '%s' cannot be used for EBS encryption in this Region.", in.KmsKeyID)
	}
	k.reg.DefaultKey = key.ARN
	k.out.text("kmsKeyId", key.ARN)
	return nil
}

func resetDefaultKey(k *call, _ *nothing) error {
	k.reg.DefaultKey = ""
	k.out.text("kmsKeyId", "alias/aws/ebs")
	return nil
}

func getBlockPublicAccess(k *call, _ *nothing) error {
	k.out.text("imageBlockPublicAccessState", k.reg.blockPublic(k.now))
	k.out.text("managedBy", "account")
	return nil
}

type blockInput struct {
	ImageBlockPublicAccessState string `q:",required"`
}

func blockPublicAccess(k *call, in *blockInput) error {
	if in.ImageBlockPublicAccessState != "block-new-sharing" {
		return invalidValue("ImageBlockPublicAccessState", in.ImageBlockPublicAccessState, "The only value is block-new-sharing.")
	}
	return k.switchPublicAccess("block-new-sharing")
}

func unblockPublicAccess(k *call, _ *nothing) error { return k.switchPublicAccess("unblocked") }

// switchPublicAccess answers the new state, which may take up to ten minutes
// to hold ("Block public access to your AMIs", EC2 User Guide).
func (k *call) switchPublicAccess(to string) error {
	k.reg.BlockBefore = k.reg.blockPublic(k.now)
	k.reg.BlockPublic = to
	k.reg.BlockFrom = k.seenFrom(k.cloud.st.Settings.Delays.PublicAccess)
	k.out.text("imageBlockPublicAccessState", to)
	return nil
}

func getAllowedImages(k *call, _ *nothing) error {
	s := k.reg.Allowed
	k.out.text("state", orText(s.State, "disabled"))
	k.out.text("managedBy", "account")
	if len(s.Providers)+len(s.Names) == 0 {
		return nil
	}
	list := func(name string, words []string) {
		if len(words) > 0 {
			k.out.open(name)
			for _, word := range words {
				k.out.text("item", word)
			}
			k.out.close(name)
		}
	}
	k.out.open("imageCriterionSet")
	k.out.open("item")
	list("imageProviderSet", s.Providers)
	list("imageNameSet", s.Names)
	k.out.close("item")
	k.out.close("imageCriterionSet")
	return nil
}

// getImageAncestry walks from an image to its sources as far as it knows them.
func getImageAncestry(k *call, in *imageInput) error {
	list, err := k.namedImages([]string{in.ImageID})
	if err != nil || len(list) == 0 {
		return firstError(err, imageNotFound(in.ImageID))
	}
	k.out.open("imageAncestryEntrySet")
	im := list[0]
	for range 50 {
		k.out.open("item")
		k.out.time("creationDate", im.Created)
		k.out.text("imageId", im.ID)
		k.out.some("imageOwnerAlias", k.cloud.st.Accounts[im.Owner].Alias)
		k.out.some("sourceImageId", im.SourceID)
		k.out.some("sourceImageRegion", im.SourceRegion)
		k.out.close("item")
		next, _ := k.cloud.findImage(im.SourceRegion, im.SourceID)
		if next == nil {
			break
		}
		im = next
	}
	k.out.close("imageAncestryEntrySet")
	return nil
}

// cancelLaunchPermission takes the caller's own account off a shared image.
func cancelLaunchPermission(k *call, in *imageInput) error {
	im, _ := k.cloud.findImage(k.reg.Name, in.ImageID)
	if im == nil || !hasAny(im.Users, k.acct.ID) {
		return imageNotFound(in.ImageID)
	}
	take(&im.Users, k.acct.ID)
	k.out.bool("return", true)
	return nil
}
