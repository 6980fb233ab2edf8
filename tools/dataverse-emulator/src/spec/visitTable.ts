/** The body that makes a custom table `new_visit`, which has no column of its own but `new_name`. */
export const visitTable = {
  SchemaName: 'new_Visit',
  OwnershipType: 'UserOwned',
  Attributes: [
    {
      '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
      SchemaName: 'new_Name',
      MaxLength: 100,
      IsPrimaryName: true,
    },
  ],
};
