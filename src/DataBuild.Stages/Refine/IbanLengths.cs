namespace DataBuild.Stages.Refine;

/// <summary>Lengths of IBANs by country (SWIFT IBAN registry, release 96).</summary>
internal static class IbanLengths
{
    private const string Registry =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23"
        + "IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27"
        + "SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    /// <summary>Characters of an IBAN of the country; 0 when it has none.</summary>
    public static int Of(char first, char second)
    {
        for (int i = 0; i < Registry.Length; i += 4)
        {
            if (Registry[i] == first && Registry[i + 1] == second)
            {
                return ((Registry[i + 2] - '0') * 10) + (Registry[i + 3] - '0');
            }
        }

        return 0;
    }
}
