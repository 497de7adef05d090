{{- define "codellama.name" -}}
{{- printf "%s" .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "codellama.selector" -}}
app.kubernetes.io/name: codellama-server
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "codellama.labels" -}}
{{ include "codellama.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
