/** A parameter of an action or function. The first one of a bound operation is what it is bound to. */
export interface CsdlParameter {
  readonly name: string;
  readonly type: string;
  readonly nullable?: boolean;
}

/** An action or function as `$metadata` declares it. */
export interface CsdlOperation {
  readonly kind: 'Action' | 'Function';
  readonly name: string;
  readonly isBound: boolean;
  readonly parameters: readonly CsdlParameter[];
  readonly returns?: string;
}

const principals = ['systemuser', 'team'] as const;

/** What the emulator can be asked to do, for `$metadata`. Who adds an operation adds it here. */
export const csdlOperations: readonly CsdlOperation[] = [
  { kind: 'Function', name: 'WhoAmI', isBound: false, parameters: [], returns: 'mscrm.WhoAmIResponse' },
  ...principals.map((table) => ({
    kind: 'Function' as const,
    name: 'RetrievePrincipalAttributePrivileges',
    isBound: true,
    parameters: [{ name: 'entity', type: `mscrm.${table}`, nullable: false }],
    returns: 'mscrm.RetrievePrincipalAttributePrivilegesResponse',
  })),
];

/** Complex types that operations return, as property names and types. */
export const csdlComplexTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  WhoAmIResponse: { BusinessUnitId: 'Edm.Guid', UserId: 'Edm.Guid', OrganizationId: 'Edm.Guid' },
  AttributePrivilege: {
    AttributeId: 'Edm.Guid',
    CanCreate: 'Edm.Int32',
    CanRead: 'Edm.Int32',
    CanUpdate: 'Edm.Int32',
  },
  RetrievePrincipalAttributePrivilegesResponse: {
    AttributePrivileges: 'Collection(mscrm.AttributePrivilege)',
  },
  LocalizedLabel: { Label: 'Edm.String', LanguageCode: 'Edm.Int32', IsManaged: 'Edm.Boolean' },
  Label: {
    LocalizedLabels: 'Collection(mscrm.LocalizedLabel)',
    UserLocalizedLabel: 'mscrm.LocalizedLabel',
  },
  BooleanManagedProperty: {
    Value: 'Edm.Boolean',
    CanBeChanged: 'Edm.Boolean',
    ManagedPropertyLogicalName: 'Edm.String',
  },
};
