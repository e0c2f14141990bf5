using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DataBuild.Stages.Extract.MathPages;

/// <summary>
/// The media type that content looks like, in place of libmagic, of whose thousands of rules these matter for pages: signatures of binary files, the first tags of HTML, XML and SVG (as in
/// the MIME Sniffing standard, section 7.1), JSON, TeX, PostScript, scripts; else plain text, or <c>application/octet-stream</c> where it holds what no text does.
/// </summary>
public static class ContentType
{
    private const int ReadBytes = 1024 * 1024; // as many as libmagic reads
    private const int TexBytes = 4096;

    private static readonly (byte[] Signature, string Type)[] Signatures =
    [
        ("%PDF-"u8.ToArray(), "application/pdf"),
        ("%!PS"u8.ToArray(), "application/postscript"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "image/png"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ("GIF8"u8.ToArray(), "image/gif"),
        ("PK\x03\x04"u8.ToArray(), "application/zip"),
        ([0x1F, 0x8B], "application/gzip"),
        ("#!/bin/sh"u8.ToArray(), "text/x-shellscript"),
        ("#!/bin/bash"u8.ToArray(), "text/x-shellscript"),
        ("#!/usr/bin/env bash"u8.ToArray(), "text/x-shellscript"),
        ("#!/usr/bin/perl"u8.ToArray(), "text/x-perl"),
        ("#!/usr/bin/env python"u8.ToArray(), "text/x-script.python"),
        ("#!/usr/bin/python"u8.ToArray(), "text/x-script.python"),
        ("<?php"u8.ToArray(), "text/x-php"),
        ("diff --git "u8.ToArray(), "text/x-diff"),
    ];

    private static readonly SearchValues<byte> NotText = SearchValues.Create("\0\x01\x02\x03\x04\x05\x06\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1C\x1D\x1E\x1F"u8);

    private static readonly string[] HtmlTags =
        ["<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style", "<title", "<b", "<body", "<br", "<p", "<!--"];

    private static readonly string[] TexCommands = ["\\documentclass", "\\documentstyle", "\\begin{", "\\input ", "\\input{", "\\section", "\\chapter", "\\newcommand", "\\usepackage"];

    /// <summary>The media type.</summary>
    /// <param name="content">Bytes as fetched.</param>
    public static string Of(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return "application/x-empty";
        }

        foreach ((byte[] signature, string type) in Signatures)
        {
            if (content.StartsWith(signature))
            {
                return type;
            }
        }

        ReadOnlySpan<byte> read = content[..Math.Min(content.Length, ReadBytes)];
        bool wide = read.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || read.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        if (!wide && read.ContainsAny(NotText))
        {
            return "application/octet-stream";
        }

        string start = Encoding.Latin1.GetString(read[..Math.Min(read.Length, TexBytes)]).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n', '\f');
        return IsJson(content, start) ? "application/json"
            : start.StartsWith("<svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml"
            : HtmlTags.Any(t => IsTag(start, t)) ? "text/html"
            : start.StartsWith("<?xml", StringComparison.Ordinal) ? XmlType(start)
            : TexCommands.Any(c => start.Contains(c, StringComparison.Ordinal)) ? "text/x-tex"
            : "text/plain";
    }

    private static string XmlType(string start) =>
        start.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml" : start.Contains("<html", StringComparison.OrdinalIgnoreCase) ? "text/html" : "text/xml";

    // A tag ends with a space or '>'; a comment and the doctype need not.
    private static bool IsTag(string start, string tag) =>
        start.StartsWith(tag, StringComparison.OrdinalIgnoreCase) && (tag.StartsWith("<!", StringComparison.Ordinal) || start.Length == tag.Length || start[tag.Length] is ' ' or '>' or '\n' or '\t' or '\r' or '\f');

    private static bool IsJson(ReadOnlySpan<byte> content, string start)
    {
        if (start.Length == 0 || start[0] is not ('{' or '['))
        {
            return false;
        }

        try
        {
            Utf8JsonReader reader = new(content);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            // Text that begins with a brace.
            return false;
        }
    }
}
