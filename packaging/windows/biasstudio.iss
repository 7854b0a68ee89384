; Inno Setup's script of the Windows installer. packaging/build runs it and defines Version, Frozen, Icons, Output, Name.

[Setup]
AppId={{6C1B0C5E-5B0B-4B0E-9A57-B1A55D100001}
AppName=Bias Studio
AppVersion={#Version}
AppPublisher=The Bias Studio authors
DefaultDirName={autopf}\Bias Studio
DefaultGroupName=Bias Studio
DisableProgramGroupPage=yes
; For one person without an administrator's rights, or for all.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\LICENSE
SetupIconFile={#Icons}\biasstudio.ico
UninstallDisplayIcon={app}\Bias Studio.exe
OutputDir={#Output}
OutputBaseFilename={#Name}
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion
Source: "{#Icons}\experiment.ico"; DestDir: "{app}"; Flags: ignoreversion
Source: "{#Icons}\run.ico"; DestDir: "{app}"; Flags: ignoreversion

[InstallDelete]
; An older version's parts would be found beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Bias Studio"; Filename: "{app}\Bias Studio.exe"
Name: "{autodesktop}\Bias Studio"; Filename: "{app}\Bias Studio.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.biasexp"; ValueType: string; ValueData: "BiasStudio.Experiment"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\BiasStudio.Experiment"; ValueType: string; ValueData: "Bias Studio experiment"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\BiasStudio.Experiment\DefaultIcon"; ValueType: string; ValueData: "{app}\experiment.ico"
Root: HKA; Subkey: "Software\Classes\BiasStudio.Experiment\shell\open\command"; ValueType: string; ValueData: """{app}\Bias Studio.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.biasrun"; ValueType: string; ValueData: "BiasStudio.Run"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\BiasStudio.Run"; ValueType: string; ValueData: "Bias Studio run"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\BiasStudio.Run\DefaultIcon"; ValueType: string; ValueData: "{app}\run.ico"
Root: HKA; Subkey: "Software\Classes\BiasStudio.Run\shell\open\command"; ValueType: string; ValueData: """{app}\Bias Studio.exe"" ""%1"""

[Run]
Filename: "{app}\Bias Studio.exe"; Description: "{cm:LaunchProgram,Bias Studio}"; Flags: nowait postinstall skipifsilent
