package spec

// document is amis.yaml as it is written: the types that are decoded into and
// that the JSON Schema is made from. The jsonschema tags are read by both.
// Pointers tell what was not written.
type document struct {
	Version       int                  `yaml:"version" jsonschema:"required,minimum=1,maximum=1"`
	Owner         ownerName            `yaml:"owner" jsonschema:"required"`
	Formerly      []ownerName          `yaml:"formerly"`
	Accounts      []accountID          `yaml:"accounts" jsonschema:"required,minItems=1"`
	Prune         bool                 `yaml:"prune" jsonschema:"required"`
	Limits        limits               `yaml:"limits"`
	OnlyRegions   []regionGlob         `yaml:"onlyRegions" jsonschema:"maxItems=200"`
	IgnoreRegions []regionGlob         `yaml:"ignoreRegions" jsonschema:"maxItems=200"`
	Defaults      fields               `yaml:"defaults"`
	Images        map[imageName]*image `yaml:"images" jsonschema:"required"`
}

type limits struct {
	Remove removeLimits `yaml:"remove"`
	Copy   copyLimits   `yaml:"copy"`
}

type removeLimits struct {
	Max     *int `yaml:"max" jsonschema:"minimum=0,maximum=1000000"`
	Percent *int `yaml:"percent" jsonschema:"minimum=0,maximum=100"`
}

type copyLimits struct {
	Max *int `yaml:"max" jsonschema:"minimum=0,maximum=1000000"`
	GiB *int `yaml:"gib" jsonschema:"minimum=0,maximum=1000000000"`
}

// image is an entry of images.
type image struct {
	Source source `yaml:"source" jsonschema:"required"`
	fields `yaml:",inline"`
}

// fields are what an image and the defaults can have. null unsets each.
type fields struct {
	Formerly            []imageName   `yaml:"formerly" jsonschema:"nullable"`
	Regions             regionSet     `yaml:"regions" jsonschema:"nullable"`
	ExcludeRegions      []region      `yaml:"excludeRegions" jsonschema:"nullable,maxItems=200"`
	OptionalRegions     []region      `yaml:"optionalRegions" jsonschema:"nullable,maxItems=200"`
	IncludeSourceRegion bool          `yaml:"includeSourceRegion" jsonschema:"nullable"`
	Name                *nameTemplate `yaml:"name" jsonschema:"nullable"`
	Description         description   `yaml:"description" jsonschema:"nullable"`
	Tags                tags          `yaml:"tags" jsonschema:"nullable"`
	CopySourceTags      sourceTags    `yaml:"copySourceTags" jsonschema:"nullable"`
	Encryption          *encryption   `yaml:"encryption" jsonschema:"nullable"`
	CompleteWithin      *copyWindow   `yaml:"completeWithin" jsonschema:"nullable"`
	Share               *share        `yaml:"share" jsonschema:"nullable"`
	Publish             *publish      `yaml:"publish" jsonschema:"nullable"`
	Lifecycle           lifecycle     `yaml:"lifecycle" jsonschema:"nullable"`
	Guard               guard         `yaml:"guard" jsonschema:"nullable"`
	Adopt               bool          `yaml:"adopt" jsonschema:"nullable"`
	AllowRollback       bool          `yaml:"allowRollback" jsonschema:"nullable"`
}

type source struct {
	Region region    `yaml:"region" jsonschema:"required"`
	ID     amiID     `yaml:"id"`
	Lookup *lookup   `yaml:"lookup"`
	SSM    ssmSource `yaml:"ssm"`
	Track  *track    `yaml:"track"`
}

type track struct {
	SSM    ssmSource `yaml:"ssm"`
	Lookup *lookup   `yaml:"lookup"`
}

type lookup struct {
	Owners       []imageOwner `yaml:"owners" jsonschema:"required,minItems=1"`
	Name         filterValue  `yaml:"name"`
	Tags         filterTags   `yaml:"tags"`
	Architecture architecture `yaml:"architecture"`
}

type encryption struct {
	KMSKey  kmsKey     `yaml:"kmsKey" jsonschema:"nullable"`
	KMSKeys regionKeys `yaml:"kmsKeys" jsonschema:"nullable"`
}

type share struct {
	Accounts            []accountID       `yaml:"accounts" jsonschema:"nullable"`
	Organizations       []organizationARN `yaml:"organizations" jsonschema:"nullable"`
	OrganizationalUnits []unitARN         `yaml:"organizationalUnits" jsonschema:"nullable"`
	Public              bool              `yaml:"public" jsonschema:"nullable"`
	Snapshots           bool              `yaml:"snapshots" jsonschema:"nullable"`
}

type publish struct {
	SSM       ssmName `yaml:"ssm" jsonschema:"nullable"`
	Overwrite bool    `yaml:"overwrite" jsonschema:"nullable"`
}

type lifecycle struct {
	Keep           int            `yaml:"keep" jsonschema:"nullable,minimum=0,maximum=1000"`
	Grace          *duration      `yaml:"grace" jsonschema:"nullable"`
	Retire         retireMode     `yaml:"retire" jsonschema:"nullable"`
	Snapshots      snapshotPolicy `yaml:"snapshots" jsonschema:"nullable"`
	DeprecateAfter *duration      `yaml:"deprecateAfter" jsonschema:"nullable"`
	Protect        *bool          `yaml:"protect" jsonschema:"nullable"`
}

type guard struct {
	References     *references `yaml:"references" jsonschema:"nullable"`
	VersionDepth   *int        `yaml:"versionDepth" jsonschema:"nullable,minimum=1,maximum=10000"`
	LaunchedWithin duration    `yaml:"launchedWithin" jsonschema:"nullable"`
}

// Maps of text. Their entries may be null where an image takes a default back.
type (
	tags       map[tagKey]tagValue
	filterTags map[filterKey]filterValue
	regionKeys map[region]kmsKey
)
