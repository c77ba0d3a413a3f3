package plan

// field is the place in amis.yaml that has to do with a block of an image: the
// field that lifts it, where one does, else the one behind it. "" where nothing
// of the file has.
func (r Reason) field(image string) string {
	if r.Args.Field != "" {
		return r.Args.Field
	}
	if f, ok := wholeFile[r.Code]; ok {
		return f
	}
	if f, ok := ofImage[r.Code]; ok && image != "" {
		return "images." + image + f
	}
	return ""
}

// wholeFile are the fields that are no image's.
var wholeFile = map[Code]string{
	PruneOff: "prune", LimitRemove: "limits", LimitSnapshots: "limits", LimitCopies: "limits", LimitGiB: "limits",
	ViewIncomplete: "ignoreRegions", DesiredEmpty: "images",
}

// ofImage are those below images.NAME.
var ofImage = map[Code]string{
	SourceNotFound: ".source", SourceNoMatch: ".source", SourceNotAllowed: ".source", SourcePending: ".source",
	SourceFailed: ".source", SourceDisabled: ".source", SourceIsCopy: ".source", SourceUnresolved: ".source",
	SourceWentBack: ".source", RegionNotEnabled: ".regions", NameInvalid: ".name", TooManyTags: ".tags",
	KeyMissing: ".encryption", KeyDisabled: ".encryption", KeyUnsuitable: ".encryption", KeyAbroad: ".encryption",
	S3Encrypted: ".encryption", EncryptedNoKey: ".source", ManagedKeyShared: ".share", PublicEncrypted: ".share",
	PublicProducts: ".share", PublicWatermarks: ".share", PublicBlocked: ".share", ParameterNotOurs: ".publish",
	StillPublished: ".publish", TimedCopyQuota: ".completeWithin", SuccessorNotUsable: ".regions",
}
