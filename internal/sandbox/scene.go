package sandbox

import "time"

// Scene is what the simulated AWS holds at its start, and how it behaves. The
// zero Scene has one account, 111122223333, with the 17 default Regions.
type Scene struct {
	Seed     int64            `yaml:"seed,omitempty" json:"seed,omitempty"`
	Start    time.Time        `yaml:"start,omitempty" json:"start,omitzero"`
	Speed    float64          `yaml:"speed,omitempty" json:"speed,omitempty"`
	Accounts []Account        `yaml:"accounts,omitempty" json:"accounts,omitempty"`
	Images   []Image          `yaml:"images,omitempty" json:"images,omitempty"`
	Keys     []Key            `yaml:"keys,omitempty" json:"keys,omitempty"`
	Params   []Parameter      `yaml:"parameters,omitempty" json:"parameters,omitempty"`
	Refs     []Reference      `yaml:"references,omitempty" json:"references,omitempty"`
	Regions  []RegionSettings `yaml:"regions,omitempty" json:"regions,omitempty"`
	Faults   []Fault          `yaml:"faults,omitempty" json:"faults,omitempty"`
	Settings `yaml:",inline"`
}

// Settings are the parts of a Scene that say how the sandbox behaves rather
// than what is in it.
type Settings struct {
	Copy        Timing      `yaml:"copy,omitempty" json:"copy,omitzero"`
	Delays      Delays      `yaml:"delays,omitempty" json:"delays,omitzero"`
	Quotas      Quotas      `yaml:"quotas,omitempty" json:"quotas,omitzero"`
	Pages       Pages       `yaml:"pages,omitempty" json:"pages,omitzero"`
	Unthrottled bool        `yaml:"unthrottled,omitempty" json:"unthrottled,omitempty"`
	Assumptions Assumptions `yaml:"assumptions,omitempty" json:"assumptions,omitzero"`
}

// Account is an AWS account of the scene.
type Account struct {
	ID        string `yaml:"id" json:"id"`
	Name      string `yaml:"name,omitempty" json:"name,omitempty"`
	Alias     string `yaml:"alias,omitempty" json:"alias,omitempty"` // owner alias: amazon, aws-marketplace, aws-backup-vault
	Partition string `yaml:"partition,omitempty" json:"partition,omitempty"`
	// Organization and Units are ARNs; images shared with them are visible.
	Organization string   `yaml:"organization,omitempty" json:"organization,omitempty"`
	Units        []string `yaml:"organizationalUnits,omitempty" json:"organizationalUnits,omitempty"`
	AccessKeys   []string `yaml:"accessKeys,omitempty" json:"accessKeys,omitempty"`
	// Enabled lists the Regions that are enabled; All enables every Region of
	// the partition, and nothing enables the default ones.
	Enabled RegionList `yaml:"enabledRegions,omitempty" json:"enabledRegions,omitempty"`
}

// Image is an AMI of the scene.
type Image struct {
	ID             string            `yaml:"id,omitempty" json:"id,omitempty"`
	Account        string            `yaml:"account,omitempty" json:"account,omitempty"`
	Region         string            `yaml:"region" json:"region"`
	Name           string            `yaml:"name" json:"name"`
	Description    string            `yaml:"description,omitempty" json:"description,omitempty"`
	Architecture   string            `yaml:"architecture,omitempty" json:"architecture,omitempty"`
	RootDeviceType string            `yaml:"rootDeviceType,omitempty" json:"rootDeviceType,omitempty"`
	RootDeviceName string            `yaml:"rootDeviceName,omitempty" json:"rootDeviceName,omitempty"`
	Virtualization string            `yaml:"virtualizationType,omitempty" json:"virtualizationType,omitempty"`
	Devices        []Device          `yaml:"devices,omitempty" json:"devices,omitempty"`
	Tags           map[string]string `yaml:"tags,omitempty" json:"tags,omitempty"`
	BootMode       string            `yaml:"bootMode,omitempty" json:"bootMode,omitempty"`
	ENA            *bool             `yaml:"ena,omitempty" json:"ena,omitempty"`
	TPM            string            `yaml:"tpm,omitempty" json:"tpm,omitempty"`
	IMDS           string            `yaml:"imds,omitempty" json:"imds,omitempty"`
	Platform       string            `yaml:"platform,omitempty" json:"platform,omitempty"`
	Public         bool              `yaml:"public,omitempty" json:"public,omitempty"`
	Launch         []string          `yaml:"launchPermissions,omitempty" json:"launchPermissions,omitempty"`     // account ids, organization and unit ARNs
	Restore        []string          `yaml:"snapshotPermissions,omitempty" json:"snapshotPermissions,omitempty"` // account ids, or all
	State          string            `yaml:"state,omitempty" json:"state,omitempty"`
	StateReason    string            `yaml:"stateReason,omitempty" json:"stateReason,omitempty"`
	Created        time.Time         `yaml:"created,omitempty" json:"created,omitzero"`
	Deprecation    time.Time         `yaml:"deprecation,omitempty" json:"deprecation,omitzero"`
	LastLaunched   time.Time         `yaml:"lastLaunched,omitempty" json:"lastLaunched,omitzero"`
	Protection     string            `yaml:"deregistrationProtection,omitempty" json:"deregistrationProtection,omitempty"`
	ProductCodes   []string          `yaml:"productCodes,omitempty" json:"productCodes,omitempty"` // marketplace codes
	Billing        []string          `yaml:"billingProducts,omitempty" json:"billingProducts,omitempty"`
	Watermarks     []string          `yaml:"watermarks,omitempty" json:"watermarks,omitempty"`
	SSMParameter   string            `yaml:"publicSsmParameter,omitempty" json:"publicSsmParameter,omitempty"`
	SourceID       string            `yaml:"sourceImage,omitempty" json:"sourceImage,omitempty"`
	SourceRegion   string            `yaml:"sourceRegion,omitempty" json:"sourceRegion,omitempty"`
	Backup         bool              `yaml:"managedByBackup,omitempty" json:"managedByBackup,omitempty"`
}

// Device is a block device of a scene's image.
type Device struct {
	Name      string  `yaml:"name" json:"name"`
	Size      int     `yaml:"size,omitempty" json:"size,omitempty"` // GiB
	Used      float64 `yaml:"used,omitempty" json:"used,omitempty"` // GiB written, default all of it
	Type      string  `yaml:"type,omitempty" json:"type,omitempty"`
	Encrypted bool    `yaml:"encrypted,omitempty" json:"encrypted,omitempty"`
	Key       string  `yaml:"kmsKey,omitempty" json:"kmsKey,omitempty"` // id, alias or ARN; default aws/ebs
	Snapshot  string  `yaml:"snapshot,omitempty" json:"snapshot,omitempty"`
	Virtual   string  `yaml:"virtualName,omitempty" json:"virtualName,omitempty"` // ephemeral0
	Tier      string  `yaml:"storageTier,omitempty" json:"storageTier,omitempty"`
}

// Key is a KMS key of the scene.
type Key struct {
	ID      string     `yaml:"id,omitempty" json:"id,omitempty"`
	Account string     `yaml:"account,omitempty" json:"account,omitempty"`
	Region  string     `yaml:"region,omitempty" json:"region,omitempty"`
	Regions RegionList `yaml:"regions,omitempty" json:"regions,omitempty"` // one key of its own in each
	Aliases []string   `yaml:"aliases,omitempty" json:"aliases,omitempty"`
	State   string     `yaml:"state,omitempty" json:"state,omitempty"`
	Spec    string     `yaml:"spec,omitempty" json:"spec,omitempty"`
	Usage   string     `yaml:"usage,omitempty" json:"usage,omitempty"`
	Manager string     `yaml:"manager,omitempty" json:"manager,omitempty"`
	Users   []string   `yaml:"users,omitempty" json:"users,omitempty"` // other accounts that may use it
	Multi   bool       `yaml:"multiRegion,omitempty" json:"multiRegion,omitempty"`
}

// Parameter is an SSM parameter of the scene.
type Parameter struct {
	Account string            `yaml:"account,omitempty" json:"account,omitempty"`
	Region  string            `yaml:"region" json:"region"`
	Name    string            `yaml:"name" json:"name"`
	Value   string            `yaml:"value" json:"value"`
	Type    string            `yaml:"type,omitempty" json:"type,omitempty"`
	Data    string            `yaml:"dataType,omitempty" json:"dataType,omitempty"`
	Tags    map[string]string `yaml:"tags,omitempty" json:"tags,omitempty"`
}

// Reference is something that uses an image: a running instance or a launch
// template, which are made, or an Image Builder recipe, which is only listed.
type Reference struct {
	Account string `yaml:"account,omitempty" json:"account,omitempty"`
	Region  string `yaml:"region" json:"region"`
	Image   string `yaml:"image" json:"image"`
	Type    string `yaml:"type" json:"type"` // ec2:Instance, ec2:LaunchTemplate, imagebuilder:ImageRecipe, imagebuilder:ContainerRecipe
	Name    string `yaml:"name,omitempty" json:"name,omitempty"`
	State   string `yaml:"state,omitempty" json:"state,omitempty"` // of an instance
	Managed bool   `yaml:"managed,omitempty" json:"managed,omitempty"`
}

// RegionSettings are the account settings of one or more Regions.
type RegionSettings struct {
	Account    string     `yaml:"account,omitempty" json:"account,omitempty"` // default: every account
	Regions    RegionList `yaml:"regions,omitempty" json:"regions,omitzero"`  // default: all
	Encrypt    bool       `yaml:"defaultEncryption,omitempty" json:"defaultEncryption,omitempty"`
	DefaultKey string     `yaml:"defaultKey,omitempty" json:"defaultKey,omitempty"`
	// BlockPublicAccess is block-new-sharing (what new accounts have) or unblocked.
	BlockPublicAccess string   `yaml:"blockPublicAccess,omitempty" json:"blockPublicAccess,omitempty"`
	AllowedImages     Allowed  `yaml:"allowedImages,omitempty" json:"allowedImages,omitzero"`
	RecycleImages     Duration `yaml:"recycleImages,omitempty" json:"recycleImages,omitempty"`
	RecycleSnapshots  Duration `yaml:"recycleSnapshots,omitempty" json:"recycleSnapshots,omitempty"`
}

// Allowed is the Allowed AMIs setting.
type Allowed struct {
	State     string   `yaml:"state,omitempty" json:"state,omitempty"` // disabled, audit-mode, enabled
	Providers []string `yaml:"providers,omitempty" json:"providers,omitempty"`
	Names     []string `yaml:"names,omitempty" json:"names,omitempty"`
}
